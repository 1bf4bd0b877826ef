import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers'
import { images } from './choose-infra.ts'
import { freePort } from './free-port.ts'
import type { Infra } from './infra.ts'
import { kafkaReady } from './kafka-broker.ts'
import { postgresReady } from './postgres-server.ts'

/** Kafka and PostgreSQL in containers of their official images. */
export async function startContainers(): Promise<Infra> {
  const starting = [startKafkaContainer(), startPostgresContainer()] as const
  const stop = async () => {
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.container.stop()))
  }
  try {
    const [kafka, postgres] = await Promise.all(starting)
    return { kafka: { brokers: kafka.brokers }, postgresUrl: postgres.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

// One variable set replaces the image's whole default configuration, so it is complete; a dot is written as an underscore.
const kafkaEnvironment = (advertised: string) => ({
  CLUSTER_ID: 'UXVhZHJpbGxlUmVmZXJlbg',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_NODE_ID: '1',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${advertised}`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_GROUP_COORDINATOR_APPEND_LINGER_MS: '0',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
  KAFKA_HEAP_OPTS: '-Xmx400m',
})

// The broker tells its clients where to find it, so the published port must be known before it starts: we choose one.
async function startKafkaContainer(): Promise<{ container: StartedTestContainer; brokers: string[] }> {
  const [port, { info }] = await Promise.all([freePort(), getContainerRuntimeClient()])
  const address = `${info.containerRuntime.host}:${port}`
  const container = await new GenericContainer(images.kafka)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment(kafkaEnvironment(address))
    .withWaitStrategy(Wait.forListeningPorts())
    .start()
  await kafkaReady([address])
  return { container, brokers: [address] }
}

async function startPostgresContainer(): Promise<{ container: StartedTestContainer; url: string }> {
  const container = await new GenericContainer(images.postgres)
    .withExposedPorts(5432)
    .withEnvironment({ POSTGRES_PASSWORD: 'postgres', LANG: 'C.UTF-8' })
    .withCommand(['postgres', '-c', 'max_connections=300'])
    .withWaitStrategy(Wait.forListeningPorts())
    .start()
  const url = `postgres://postgres:postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`
  await postgresReady(url)
  return { container, url }
}
