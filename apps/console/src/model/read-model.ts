import { EventEmitter } from 'node:events'
import { catalogue } from '@quadrille/contracts'
import {
  createConsumer,
  describeError,
  eachAlone,
  type Pause,
  pause as patience,
  type ReplayingKafka,
  readsOf,
  within,
} from '@quadrille/messaging'
import { createPool, type Logger } from '@quadrille/service-kit'
import type { Counts, ReadModelState } from '../api-types.ts'
import { createHealth } from './health.ts'
import { createIntoModel } from './into-model.ts'
import { countsOf } from './look.ts'
import { fromTheStart, isEmptied } from './refill.ts'
import { save } from './save.ts'
import type { Standing } from './standing.ts'
import { migrated, pruneOften } from './upkeep.ts'

export interface ReadModelOptions {
  readonly url: string
  readonly kafka: Pick<ReplayingKafka, 'consume' | 'topicOffsets' | 'groupMembers' | 'deleteGroup'>
  readonly log: Logger
  /** The consumption has ended for good: the process must exit and be started again. */
  readonly onFatal: (error: unknown) => void
  /** Its consumer group. */
  readonly group?: string
  readonly pause?: Pause
  readonly pruneEveryMs?: number
}

export type ReadModel = ReturnType<typeof createReadModel>

/** A reader of every event of every topic: it keeps what the page shows of orders, in a database of its own. */
export function createReadModel({ url, kafka, log, onFatal, group = 'console', pause = patience, ...more }: ReadModelOptions) {
  const stopping = new AbortController()
  const ending = stopping.signal
  const pool = createPool({ service: 'console', url, connections: 4, log })
  const trx = eachAlone(pool)
  const changes = new EventEmitter<{ changed: [readonly Standing[]] }>().setMaxListeners(0)
  const health = createHealth(log)
  const collector = createIntoModel({
    save: (events) => save(pool, events).catch(ended),
    onSaved: (standings) => changes.emit('changed', standings),
    onFailure: (failure) => health.told('saving', failure),
    onUnreadable: health.unreadable,
    ...{ pause, ending },
  })
  const service = { name: group, consumes: catalogue }
  const consumer = createConsumer({ kafka, service, reads: readsOf(service), collector, log, onFatal, drainMs: 2_000 })
  let isMigrated = false
  let isOver = false
  let running: Promise<unknown> = Promise.resolve()

  /** A database that was made anew is migrated and filled from the start by a new process. */
  function ended(error: unknown): never {
    if (isEmptied(error) && !isOver) onFatal(error)
    isOver ||= isEmptied(error)
    throw error
  }
  async function run() {
    isMigrated = await migrated({ url, health, pause, ending })
    if (isMigrated) await fromTheStart({ kafka, trx, group, log, pause, ending })
    if (isMigrated && !ending.aborted) await consumer.start()
    await pruneOften({ trx, log, pause, ending }, more.pruneEveryMs ?? 3_600_000)
  }
  return {
    ...trx,
    changes,
    start(): void {
      running = run()
    },
    async stop(): Promise<void> {
      await consumer.stop()
      stopping.abort()
      await within(pause, 1_000, running)
      await pool.end()
    },
    /** Null while the database is away. */
    counts: async () => (isMigrated ? await counted() : null),
    state: (): ReadModelState => ({ ...health.state(), joined: consumer.joined }),
  }

  async function counted(): Promise<Counts | null> {
    try {
      const counts = await countsOf(trx)
      health.told('database', undefined)
      return counts
    } catch (error) {
      health.told('database', `its database does not answer: ${describeError(error)}`)
      return null
    }
  }
}
