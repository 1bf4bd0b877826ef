import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '@quadrille/testing'
import type { LedgerLine, Reading } from '../benchmark.ts'
import { countRows, countSince, restoreTables } from '../database-state.ts'
import type { KafkaClient } from '../kafka-client.ts'
import type { Worker } from '../worker.ts'
import type { World } from '../world.ts'
import type { Backlog, Kind } from './backlog.ts'
import type { Consumed, Consuming } from './consumer-worker.ts'

/** A consumer, what waits for it, and the tables into which it writes. */
export interface Reader {
  /** Rates are learnt by it. */
  readonly name: string
  readonly worker: Worker
  readonly backlog: Backlog
  readonly kind: Kind
  readonly client: KafkaClient
  /** The superuser's. */
  readonly database: string
  /** How its rows are counted; ours says more of them than the usual one. */
  readonly usual?: boolean
  /** Brings the tables into the state in which each slot begins. */
  readonly restore?: (database: string) => Promise<unknown>
}

/** Of fewer, a slot tells nothing: it was one event once, and agreed with every row. */
const LEAST_DONE = 50

/** Whatever has not come by then never will. */
const LONGEST_MS = 60_000

export interface Consumption {
  prepare(slotMs: number): Promise<void>
  measure(slotMs: number): Promise<Reading>
  check(): Promise<LedgerLine[]>
}

export function createConsumption({ brokers }: World, reader: Reader): Consumption {
  const { name, worker, backlog, kind, client, database: url, usual = false, restore = restoreTables } = reader
  let done = 0
  let records = 0
  let before: Readonly<Record<string, number>> = {}
  return {
    async prepare(slotMs) {
      await restore(url)
      before = await countRows(url, TABLES)
      records = await backlog.fill(name, kind, url, slotMs)
      await worker.call('prepare', { url, brokers, client, records } satisfies Consuming)
    },
    async measure(slotMs) {
      const consumed = await Promise.race([worker.call<Consumed>('consume', slotMs), pause(LONGEST_MS, undefined, { ref: false })])
      if (!consumed) return { figures: { rate: 0 } } // the ledger tells what never came
      done = consumed.done
      const rate = (1_000 * done) / consumed.elapsedMs
      backlog.learn(name, rate)
      return { figures: { rate }, done }
    },
    async check() {
      if (kind === 'poison') await waitFor(async () => (await countRows(url, TABLES)).unsent === 0, { what: 'the letters to be sent' })
      await worker.call('end')
      const rows = await countSince(url, TABLES, before)
      if (done < LEAST_DONE) return [{ what: `events in a slot, ${LEAST_DONE} or more`, expected: LEAST_DONE, found: done }]
      return linesOf(usual ? { claimed: done, effects: done } : backlog.promised(kind, records), rows)
    },
  }
}

export const TABLES = {
  claimed: 'processed_events',
  effects: 'effects',
  heard: '(select generate_series(1, heard) from tallies) as each',
  disordered: 'tallies where disordered > 0',
  parked: 'parked_events',
  letters: 'outbox',
  unsent: 'outbox where published_at is null',
}

export const linesOf = (promised: Readonly<Record<string, number>>, found: Readonly<Record<string, number>>): LedgerLine[] =>
  Object.entries(promised).map(([what, expected]) => ({ what: `rows ${what}`, expected, found: found[what]! }))
