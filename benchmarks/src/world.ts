import { createServiceDatabase, type RunningProcess, startServers } from '@quadrille/testing'
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
  /** The longest past of a table that grows. */
  readonly rows: number
  /** Of `--quick`: then fewer rows will do. */
  readonly quick: boolean
  /** The URL of an empty database. */
  database(name: string): Promise<string>
  say(words: string): void
  /** Done before the servers stop, the last first, also where a benchmark failed while it was set up. */
  onClose(step: () => Promise<unknown>): void
  close(): Promise<void>
}

export async function startWorld({
  quick,
  rows = 1_000_000,
  say,
}: Pick<World, 'quick' | 'say'> & Partial<Pick<World, 'rows'>>): Promise<World> {
  const { kafka, postgres, postgresUrl, dir, stop } = await startServers(say)
  const steps: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of steps.toReversed()) await step().catch((error: unknown) => say(`could not be closed: ${String(error)}`))
    await stop()
  }
  try {
    return {
      ...{ brokers: kafka.brokers, postgresUrl, kafka: kafka.process, postgres: postgres.process, dir, rows, quick, say },
      onClose: (step) => void steps.push(step),
      close,
      durability: await readDurability(postgresUrl, kafka.brokers),
      database: (name) => createServiceDatabase(postgresUrl, name),
    }
  } catch (error) {
    await close()
    throw error
  }
}
