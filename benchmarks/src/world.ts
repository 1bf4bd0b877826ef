import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServiceDatabase, freePorts, type RunningProcess, startKafka, startPostgres } from '@quadrille/testing'
import { type Durability, readDurability } from './durability.ts'

/** The bench's own Kafka and PostgreSQL, on free ports and empty, durable as they come. */
export interface World {
  readonly brokers: string[]
  /** The superuser's URL. */
  readonly postgresUrl: string
  readonly kafka: RunningProcess
  readonly postgres: RunningProcess
  readonly durability: Durability
  /** A folder that goes with this world. */
  readonly dir: string
  /** Of `--quick`: then fewer rows will do. */
  readonly quick: boolean
  /** The URL of an empty database. */
  database(name: string): Promise<string>
  say(words: string): void
  close(): Promise<void>
}

export async function startWorld({ quick, say }: Pick<World, 'quick' | 'say'>): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'quadrille-bench-'))
  const [kafkaPort, postgresPort] = (await freePorts(2)) as [number, number]
  const starting = [
    startKafka({ port: kafkaPort, dataDir: join(dir, 'kafka'), onProgress: say }),
    startPostgres({ port: postgresPort, dataDir: join(dir, 'postgres') }),
  ] as const
  const close = async () => {
    const servers = await Promise.allSettled(starting)
    await Promise.all(servers.map((server) => server.status === 'fulfilled' && server.value.stop()))
    await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const [kafka, postgres] = await Promise.all(starting)
    return {
      ...{ brokers: kafka.brokers, postgresUrl: postgres.url, kafka: kafka.process, postgres: postgres.process, dir, quick, say, close },
      durability: await readDurability(postgres.url, kafka.brokers),
      database: (name) => createServiceDatabase(postgres.url, name),
    }
  } catch (error) {
    await close()
    throw error
  }
}
