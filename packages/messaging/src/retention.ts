import type { Pool } from 'pg'
import { type Background, createBackground, type Turns } from './background.ts'
import type { Instruments } from './instruments.ts'
import { type Forget, type Forgettable, forgetClaims, forgetPublished, forgetRows } from './postgres/retention.ts'
import type { Pause } from './waker.ts'

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

/** Removes old rows, now and then; ends with the batch under way. Several instances do each other no harm: they take different rows. */
export function createRetention(options: RetentionOptions): Background {
  const { tables, instruments, onError, pause, now = () => performance.now() } = options
  const { firstAfterMs = 60_000, everyMs = 3_600_000, batch = 1_000 } = options

  /** In small batches, each a short transaction of its own, and nine tenths of the time at rest: nobody waits for this. */
  async function prune({ table, days, forget }: Pruned, { running, rest }: Turns) {
    while (running()) {
      const started = now()
      const removed = await forget(days, batch)
      instruments.removed(table, removed)
      if (removed === 0) return
      await rest(Math.max(100, 9 * (now() - started)))
    }
  }

  async function run(turns: Turns) {
    await turns.rest(firstAfterMs)
    while (turns.running()) {
      for (const table of tables)
        await prune(table, turns).catch((error) => onError(error, `old rows of ${table.table} could not be removed`))
      await turns.rest(everyMs)
    }
  }

  return createBackground(pause, run)
}

/** The runtime's tables, and then the service's own. */
export const prunedTables = (pool: Pool, { outboxDays, inboxDays, own = [] }: RetentionPolicy): Pruned[] => [
  { table: 'outbox', days: outboxDays, forget: forgetPublished(pool) },
  { table: 'processed_events', days: inboxDays, forget: forgetClaims(pool) },
  ...own.map((rows) => ({ table: rows.table, days: rows.days, forget: forgetRows(pool, rows) })),
]
