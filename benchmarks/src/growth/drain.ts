import type { PartitionOffset } from '@quadrille/messaging'
import type { LedgerLine, Reading } from '../benchmark.ts'
import { countRows, countSince } from '../database-state.ts'
import { countDeliveries } from '../ledger.ts'
import type { Drained, FullOutbox } from '../relay/relay-worker.ts'
import type { Topics } from '../topic.ts'
import type { Worker } from '../worker.ts'
import type { World } from '../world.ts'
import { appendWaiting } from './history.ts'

/** A relay whose outbox has a past. */
export interface Relayed {
  readonly worker: Worker
  readonly topics: Topics
  readonly database: string
  readonly topic?: string
  readonly restore: (database: string) => Promise<unknown>
}

const FIRST = 5_000

/** As many events wait as are drained in about a slot; learnt from the time before. It ends with the last of them. */
export function createDrain({ brokers }: World, { worker, topics, database: url, topic = 'orders.v1', restore }: Relayed) {
  let [rows, next] = [0, FIRST]
  let from: readonly PartitionOffset[] = []
  let before: Readonly<Record<string, number>> = {}
  return {
    async prepare(): Promise<void> {
      await restore(url)
      from = await topics.ends(topic)
      before = await countRows(url, TABLES)
      rows = await appendWaiting(url, next, topic)
      await worker.call('prepare', { url, brokers, client: 'kafkajs', rows } satisfies FullOutbox)
    },
    async measure(slotMs: number): Promise<Reading> {
      const { done, elapsedMs } = await worker.call<Drained>('drain', 10 * slotMs)
      const rate = (1_000 * done) / elapsedMs
      next = Math.round((rate * slotMs) / 1_000)
      return { figures: { rate }, done }
    },
    async check(): Promise<LedgerLine[]> {
      await worker.call('end')
      const found = await countSince(url, TABLES, before)
      const { first, copies, disordered } = countDeliveries(await topics.readSince(from))
      return [
        line('rows marked', rows, found.marked),
        line('rows parked', 0, found.parked),
        line('first deliveries', rows, first),
        line('copies', 0, copies),
        line('out of order', 0, disordered),
      ]
    },
  }
}

const TABLES = { marked: 'outbox where published_at is not null', parked: 'outbox_parked' }
const line = (what: string, expected: number, found: number | undefined): LedgerLine => ({ what, expected, found: found! })
