import type { LedgerLine } from '../benchmark.ts'
import type { Deliveries } from '../ledger.ts'

/** What was drained in a slot. */
export interface Drain {
  readonly done: number
  readonly appended: number
  readonly topic: Deliveries
}

/** An outbox that was filled. */
export interface Filled {
  readonly url: string
  readonly rows: number
}

/** What an outbox says became of its rows. */
export interface Counted {
  readonly rows: number
  readonly marked: number
  readonly parked: number
}

/** After its end a relay has marked what it had sent: those rows, each once and in order, and nothing else, are in the topic. */
export function ledgerOf(outbox: Counted, rows: number, { done, topic }: Drain): LedgerLine[] {
  return [
    { what: 'rows in the outbox', expected: rows, found: outbox.rows },
    { what: 'first deliveries of marked rows', expected: outbox.marked, found: topic.first },
    { what: 'copies', expected: 0, found: topic.copies },
    { what: 'deliveries out of order', expected: 0, found: topic.disordered },
    { what: 'rows parked', expected: 0, found: outbox.parked },
    { what: 'rows counted and not marked', expected: 0, found: Math.max(0, done - outbox.marked) },
  ]
}
