import type { ProvedRow } from '../row.ts'

const messaging = 'packages/messaging/test'
const flows = 'scenarios/flows'

/** Rows that need no laboratory: tests elsewhere prove them, and `table.unit.test.ts` looks that they exist. */
export const provedRows: readonly ProvedRow[] = [
  {
    row: 3,
    fault: '50 parallel POSTs with one key',
    promise: 'one order, the rest 409 or the same answer',
    by: 'mutant `the same key makes a second order`',
    proofs: [
      {
        file: 'services/orders/test/http.int.test.ts',
        test: 'makes one order of 50 requests that come together under one Idempotency-Key',
      },
      { file: `${flows}/orders.scenario.test.ts`, test: 'is one order, however often the same request comes at the same time' },
    ],
  },
  {
    row: 4,
    fault: 'two writers on one order',
    promise: 'sequences contiguous, right order',
    by: 'mutant `lock without upsert`',
    proofs: [
      { file: `${messaging}/sets.int.test.ts`, test: 'loses no state when the first events of 1,000 new orders race on two connections' },
      {
        file: `${messaging}/set-store-contract.ts`,
        test: 'makes the second wait, also for an order never seen, and then shows what the first left',
      },
      {
        file: 'services/orders/test/histories.unit.test.ts',
        test: 'ends in the first terminal fact it heard, or cancelled, and stays there',
      },
    ],
  },
  {
    row: 5,
    fault: 'late committer, gap of ids',
    promise: 'no event skipped',
    by: 'mutant `read-ahead by id`',
    proofs: [
      { file: `${messaging}/relay.int.test.ts`, test: 'neither skips a late committer nor lets its own key overtake it' },
      {
        file: `${messaging}/outbox-contract.ts`,
        test: 'begins at the lowest unmarked id again, because ids become visible out of order',
      },
    ],
  },
  {
    row: 25,
    fault: 'duplicate older than the dedupe window',
    promise: 'money and stock still once',
    by: 'every inbox emptied, everything read again from offset 0',
    proofs: [
      { file: `${flows}/mix.scenario.test.ts`, test: 'stay as they are when the inboxes are empty besides' },
      { file: `${messaging}/set-store-contract.ts`, test: 'stores a key once, and never again after it was done' },
    ],
  },
  {
    row: 26,
    fault: 'facts of one order in another order',
    promise: 'ends right as well; the checker names the gap',
    by: 'permuted histories; mutants of I7',
    proofs: [
      { file: 'services/payments/test/histories.unit.test.ts', test: 'ends the same whatever the order, where nothing stops it' },
      {
        file: 'services/warehouse/test/histories.unit.test.ts',
        test: 'never oversells, conserves every unit, and ends every order as its facts say',
      },
      { file: 'services/loyalty/test/histories.unit.test.ts', test: 'leaves points for exactly the orders that are paid and not stopped' },
      { file: 'services/email/test/correspondence.unit.test.ts', test: 'sends exactly one mail for each fact that has one' },
    ],
  },
  {
    row: 28,
    fault: 'broken contract, unknown type, newer version',
    promise: 'parked or skipped as the contract says; extra fields pass',
    by: 'records written by hand',
    proofs: [
      { file: 'packages/contracts/test/envelope.unit.test.ts', test: 'is unknown whatever its key, version and value' },
      { file: 'packages/contracts/test/envelope.unit.test.ts', test: 'may carry fields and headers that nobody here knows' },
      {
        file: `${flows}/poison.scenario.test.ts`,
        test: 'parks its order alone; once it is discarded, what waited behind it runs',
      },
    ],
  },
  {
    row: 29,
    fault: 'handler bug for one order',
    promise: 'only that order is parked; its later events wait; a redrive replays them in order',
    by: 'hook `FAIL_HANDLER`; mutant `parked check skipped`',
    proofs: [
      { file: `${flows}/poison.scenario.test.ts`, test: 'parks that order alone; after the repair a redrive lets it go on' },
      {
        file: `${messaging}/sets.int.test.ts`,
        test: 'redrives an order in order: what passes is closed, it stops at the first that fails again, and twice is harmless',
      },
    ],
  },
  {
    row: 30,
    fault: 'oversized payload',
    promise: 'refused at the door; a row that came in all the same parks its key only',
    by: 'a row and a record over the limit',
    proofs: [
      { file: `${messaging}/relay.int.test.ts`, test: 'parks only the key of a record that Kafka finds too large' },
      {
        file: `${messaging}/kafka-contract.ts`,
        test: 'refuses a record that is too large as its own fault, and writes no neighbour of its partition',
      },
      { file: `${messaging}/sets.int.test.ts`, test: 'parks the one order whose data the database refuses, and saves its 49 neighbours' },
    ],
  },
  {
    row: 33,
    fault: "attempt older than the life of the provider's keys",
    promise: 'asks first, no second POST',
    by: 'an attempt after the first; the provider counts what it is asked',
    proofs: [
      { file: 'services/payments/test/psp.unit.test.ts', test: 'asks before it posts, and posts nothing where the charge is known' },
      { file: `${messaging}/effects.int.test.ts`, test: 'tells a second attempt to ask before it posts' },
      { file: `${flows}/provider.scenario.test.ts`, test: 'asks before it charges again, within 30 s: there is one capture' },
    ],
  },
]
