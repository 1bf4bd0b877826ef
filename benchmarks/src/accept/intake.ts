import type { PartitionOffset } from '@quadrille/messaging'
import { waitFor } from '@quadrille/testing'
import type { LedgerLine, Reading } from '../benchmark.ts'
import { countRows, countSince, restoreTables } from '../database-state.ts'
import type { Topics } from '../topic.ts'
import type { Worker } from '../worker.ts'
import type { Answered, Wanted } from './generator-worker.ts'

/** Whoever answers POST /orders, and the books in which that must be found again. */
export interface Place {
  readonly url: string
  /** The superuser's. */
  readonly database: string
  readonly generator: Worker
  /** Set where a relay sends what is accepted, and nobody else sends to that topic meanwhile. */
  readonly topics?: Topics
  /** Brings the tables into the state in which each slot begins; tells how many events it has left waiting. */
  readonly restore?: (database: string) => Promise<number>
}

export interface Intake {
  prepare(): Promise<void>
  /** As many requests as will take about a slot; learnt from the time before. */
  measure(connections: number, slotMs: number): Promise<Reading>
  check(): Promise<LedgerLine[]>
}

const FIRST_RATE = 1_000

export function createIntake({ url, database, generator, topics, restore = nothingWaits }: Place): Intake {
  const rates = new Map<number, number>()
  let from: readonly PartitionOffset[] = []
  let before: Readonly<Record<string, number>> = {}
  let [promised, waiting] = [0, 0]
  return {
    async prepare() {
      if (topics) from = await topics.ends(TOPIC)
      waiting = await restore(database)
      before = await countRows(database, TABLES)
    },
    async measure(connections, slotMs) {
      const requests = Math.max(connections, Math.round(((rates.get(connections) ?? FIRST_RATE) * slotMs) / 1_000))
      const wanted: Wanted = { url: `${url}/orders`, connections, requests }
      const { created, others, elapsedMs, p99 } = await generator.call<Answered>('load', wanted)
      if (others > 0) throw new Error(`${others} of ${requests} requests were not answered 201`)
      promised = created
      const rate = (1_000 * created) / elapsedMs
      rates.set(connections, rate)
      return { figures: { rate, p99 }, done: created }
    },
    async check() {
      const sent = async () => (await countRows(database, TABLES)).unsent === 0
      if (topics) await waitFor(sent, { deadline: 60_000 + waiting, what: 'every event to be sent' })
      const rows = await countSince(database, TABLES, before)
      const written = writtenLines(promised, rows)
      if (!topics) return written
      const sentSince = line('records in the topic', promised + waiting, await topics.countSince(from))
      return [...written, sentSince, line('rows parked', 0, rows.parked)]
    },
  }
}

const TOPIC = 'orders.v1'
const nothingWaits = (database: string) => restoreTables(database).then(() => 0)
export const TABLES = { orders: 'orders', events: 'outbox', unsent: 'outbox where published_at is null', parked: 'outbox_parked' }

export const writtenLines = (promised: number, rows: Readonly<Record<string, number>>): LedgerLine[] => [
  line('orders stored', promised, rows.orders),
  line('events in the outbox', promised, rows.events),
]

const line = (what: string, expected: number, found: number | undefined): LedgerLine => ({ what, expected, found: found! })
