import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { freePorts } from '../free-port.ts'
import { type KafkaBroker, startKafka } from '../kafka-broker.ts'

/** Three brokers that keep three copies of everything, of which two must have what is acknowledged. */
export interface KafkaCluster {
  readonly brokers: string[]
  /** By their place in `brokers`; killed ones stay in the list until they are started again. */
  readonly nodes: readonly KafkaBroker[]
  /** Which node leads a partition. */
  leaderOf(topic: string, partition: number): Promise<number>
  /** Starts a killed node on its own data. */
  restart(place: number): Promise<void>
  stop(): Promise<void>
}

const SIZE = 3

const settings = {
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'unclean.leader.election.enable': 'false',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  // A broker that died is noticed in 3 s instead of 9: a laboratory has no time.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
}

/** Starts three brokers, each also a controller, on free ports of the loopback. */
export async function startKafkaCluster({ dataDir }: { readonly dataDir: string }): Promise<KafkaCluster> {
  const ports = await freePorts(2 * SIZE)
  const controllers = ports.slice(SIZE)
  const start = (place: number) =>
    startKafka({
      port: ports[place]!,
      dataDir: join(dataDir, `node-${place + 1}`),
      heapMb: 300,
      node: { id: place + 1, controllers },
      settings,
    })
  const starting = Array.from({ length: SIZE }, (_, place) => start(place))
  const stopAll = async (nodes: readonly KafkaBroker[]) => void (await Promise.all(nodes.map((node) => node.stop())))
  const started = await Promise.allSettled(starting)
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = started.find((one) => one.status === 'rejected')
  if (failed) {
    await stopAll(nodes)
    throw failed.reason
  }
  const brokers = nodes.flatMap((node) => node.brokers)
  return {
    brokers,
    nodes,
    leaderOf: async (topic, partition) => (await leader(brokers, topic, partition)) - 1,
    async restart(place) {
      nodes[place] = await start(place)
    },
    stop: () => stopAll(nodes),
  }
}

async function leader(brokers: string[], topic: string, partition: number): Promise<number> {
  const admin = new Kafka({ brokers, clientId: 'cluster', logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]!.partitions.find(({ partitionId }) => partitionId === partition)!.leader
  } finally {
    await admin.disconnect()
  }
}
