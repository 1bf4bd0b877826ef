import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Choice, chooseInfra } from './choose-infra.ts'
import { freePorts } from './free-port.ts'
import { type KafkaBroker, startKafka } from './kafka-broker.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

/** Kafka and PostgreSQL for a test run, wherever they come from. */
export interface Infra {
  readonly kafka: { readonly brokers: string[] }
  /** The superuser's URL. */
  readonly postgresUrl: string
  stop(): Promise<void>
}

/** Starts what `chooseInfra` says, empty and on free ports. */
export async function startInfra(choice?: Choice, onProgress?: (text: string) => void): Promise<Infra> {
  const { kind, because } = choice ?? (await chooseInfra())
  onProgress?.(`Kafka and PostgreSQL: ${kind} (${because})`)
  if (kind === 'external') return useExternal()
  return kind === 'embedded' ? await startServers(onProgress) : await (await import('./containers.ts')).startContainers()
}

/** Kafka and PostgreSQL as our own processes, with a folder that goes with them. */
export interface Servers extends Infra {
  readonly kafka: KafkaBroker
  readonly postgres: PostgresServer
  readonly dir: string
}

/** Starts both, empty and on free ports, without Docker; where one does not start, neither stays. */
export async function startServers(onProgress?: (text: string) => void): Promise<Servers> {
  const dir = await mkdtemp(join(tmpdir(), 'quadrille-'))
  const [kafkaPort, postgresPort] = (await freePorts(2)) as [number, number]
  const starting = [
    startKafka({ port: kafkaPort, dataDir: join(dir, 'kafka'), onProgress }),
    startPostgres({ port: postgresPort, dataDir: join(dir, 'postgres') }),
  ] as const
  const stop = async () => {
    const servers = await Promise.allSettled(starting)
    await Promise.all(servers.map((server) => server.status === 'fulfilled' && server.value.stop()))
    await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const [kafka, postgres] = await Promise.all(starting)
    return { kafka, postgres, postgresUrl: postgres.url, dir, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function useExternal(): Infra {
  const { TEST_KAFKA_BROKERS: brokers, TEST_POSTGRES_URL: postgresUrl } = process.env
  if (!brokers || !postgresUrl) throw new Error('TEST_INFRA=external needs TEST_KAFKA_BROKERS and TEST_POSTGRES_URL (a superuser)')
  return { kafka: { brokers: brokers.split(',') }, postgresUrl, stop: async () => {} }
}
