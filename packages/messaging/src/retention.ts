import type { Pool } from 'pg'
import type { Instruments } from './instruments.ts'
import { type Forget, type Forgettable, forgetClaims, forgetPublished, forgetRows } from './postgres/retention.ts'
import { createWaker, type Pause } from './waker.ts'

/**
 * How many days what is done with is kept. The inbox must outlast whatever can bring an event back: a row published again from the
 * outbox on its last day stays in its topic for the topic's own days. Kept for ever are states, streams and effects, whose natural keys
 * are the last line against doing it twice, and parked events, open or ended: they go by an operator's word, never by age.
 */
export interface RetentionPolicy {
  readonly outboxDays: number
  readonly inboxDays: number
  /** Rows of the service's own tables. */
  readonly own?: readonly Forgettable[]
}

/** A table that is pruned, after how many days, and how. */
export interface Pruned {
  readonly table: string
  readonly days: number
  readonly forget: Forget
}

export interface RetentionOptions {
  readonly tables: readonly Pruned[]
  readonly instruments: Pick<Instruments, 'removed'>
  readonly onError: (error: unknown, what: string) => void
  readonly pause: Pause
  readonly now?: () => number
  readonly firstAfterMs?: number
  readonly everyMs?: number
  readonly batch?: number
}

/** Removes old rows, now and then. Several instances do each other no harm: they take different rows. */
export interface Retention {
  start(): void
  /** Waits for the batch under way. */
  stop(): Promise<void>
}

export function createRetention(options: RetentionOptions): Retention {
  const { tables, instruments, onError, pause, now = () => performance.now() } = options
  const { firstAfterMs = 60_000, everyMs = 3_600_000, batch = 1_000 } = options
  const waker = createWaker(pause)
  let running = false
  let loop: Promise<void> | undefined

  /** In small batches, each a short transaction of its own, and nine tenths of the time at rest: nobody waits for this. */
  async function prune({ table, days, forget }: Pruned) {
    while (running) {
      const started = now()
      const removed = await forget(days, batch)
      instruments.removed(table, removed)
      if (removed === 0) return
      if (running) await waker.rest(Math.max(100, 9 * (now() - started)))
    }
  }

  async function run() {
    if (running) await waker.rest(firstAfterMs)
    while (running) {
      for (const table of tables) await prune(table).catch((error) => onError(error, `old rows of ${table.table} could not be removed`))
      if (running) await waker.rest(everyMs)
    }
  }

  return {
    start() {
      running = true
      loop ??= run()
    },
    async stop() {
      running = false
      waker.wake()
      await loop
    },
  }
}

/** The runtime's tables, and then the service's own. */
export const prunedTables = (pool: Pool, { outboxDays, inboxDays, own = [] }: RetentionPolicy): Pruned[] => [
  { table: 'outbox', days: outboxDays, forget: forgetPublished(pool) },
  { table: 'processed_events', days: inboxDays, forget: forgetClaims(pool) },
  ...own.map((rows) => ({ table: rows.table, days: rows.days, forget: forgetRows(pool, rows) })),
]
