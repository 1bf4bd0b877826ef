import { EventEmitter } from 'node:events'
import { catalogue } from '@quadrille/contracts'
import {
  backoff,
  createConsumer,
  describeError,
  eachAlone,
  type Kafka,
  type Pause,
  pause as patience,
  readsOf,
  within,
} from '@quadrille/messaging'
import { createPool, type Logger, migrate } from '@quadrille/service-kit'
import type { Counts, ReadModelState } from '../api-types.ts'
import { createHealth } from './health.ts'
import { createIntoModel } from './into-model.ts'
import { countsOf, prune } from './look.ts'
import { save } from './save.ts'
import type { Standing } from './standing.ts'

export interface ReadModelOptions {
  readonly url: string
  readonly kafka: Pick<Kafka, 'consume' | 'topicOffsets'>
  readonly log: Logger
  /** The consumption has ended for good: the process must exit and be started again. */
  readonly onFatal: (error: unknown) => void
  /** Its consumer group. */
  readonly group?: string
  readonly pause?: Pause
  readonly pruneEveryMs?: number
}

export type ReadModel = ReturnType<typeof createReadModel>

const MIGRATIONS = new URL('../migrations/', import.meta.url)
const KEPT_DAYS = 30

/** A reader of every event of every topic: it keeps what the page shows of orders, in a database of its own. */
export function createReadModel({
  url,
  kafka,
  log,
  onFatal,
  group = 'console',
  pause = patience,
  pruneEveryMs = 3_600_000,
}: ReadModelOptions) {
  const ending = new AbortController()
  const { signal } = ending
  const pool = createPool({ service: 'console', url, connections: 4, log })
  const changes = new EventEmitter<{ changed: [readonly Standing[]] }>().setMaxListeners(0)
  const health = createHealth(log)
  const collector = createIntoModel({
    save: (events) => save(pool, events),
    onSaved: (standings) => changes.emit('changed', standings),
    onFailure: (failure) => health.told('saving', failure),
    onUnreadable: health.unreadable,
    pause,
    ending: signal,
  })
  const service = { name: group, consumes: catalogue }
  const consumer = createConsumer({ kafka, service, reads: readsOf(service), collector, log, onFatal })
  const trx = eachAlone(pool)
  let isMigrated = false
  let running: Promise<unknown> = Promise.resolve()

  async function migrated() {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await migrate(url, MIGRATIONS, { readsOnly: true, deadlineMs: 0 })
        isMigrated = true
        return health.told('database', undefined)
      } catch (error) {
        health.told('database', `its database is not usable: ${describeError(error)}`)
        await pause(backoff(attempt, { from: 250, to: 5_000 }), signal).catch(() => undefined)
      }
    }
  }
  async function pruneOften() {
    while (!signal.aborted) {
      await pause(pruneEveryMs, signal).catch(() => undefined)
      if (!signal.aborted) await pruned().catch((error) => log.warn({ err: error }, 'old orders could not be removed'))
    }
  }
  /** In small batches, and mostly at rest: nobody waits for this. */
  async function pruned() {
    while (!signal.aborted && (await prune(trx, KEPT_DAYS, 500)) > 0) await pause(500, signal).catch(() => undefined)
  }
  async function run() {
    await migrated()
    if (!signal.aborted) await consumer.start()
    await pruneOften()
  }

  return {
    ...trx,
    changes,
    start(): void {
      running = run()
    },
    async stop(): Promise<void> {
      await consumer.stop()
      ending.abort()
      await within(pause, 1_000, running)
      await pool.end()
    },
    /** Null while the database is away. */
    async counts(): Promise<Counts | null> {
      if (!isMigrated) return null
      try {
        const counts = await countsOf(trx)
        health.told('database', undefined)
        return counts
      } catch (error) {
        health.told('database', `its database does not answer: ${describeError(error)}`)
        return null
      }
    },
    state: (): ReadModelState => ({ ...health.state(), joined: consumer.joined }),
  }
}
