import { topicOf } from '@quadrille/contracts'
import { type CheckTargets, type ServiceName, serviceNames, waitFor, waitUntilQuiet } from '@quadrille/testing'
import { Pool } from 'pg'
import type { LedgerLine } from '../benchmark.ts'
import { countDeliveries } from '../ledger.ts'
import type { Generated } from '../load/generator.ts'
import { openTopics } from '../topic.ts'

/** Of one order, when it came how far: milliseconds since 1970. */
export interface Journey {
  readonly orderId: string
  /** When the transactions were committed that took the order in, began its payment, sent it, and called it dispatched. */
  readonly accepted: number
  readonly charging: number
  readonly sent: number
  readonly dispatched: number
}

/** What the services' own databases, and the topics, say of the orders of one load. */
export interface Books {
  /** Resolves once every order is dispatched, every mail sent and every point given. */
  ended(load: Generated): Promise<void>
  journeys(load: Generated): Promise<Journey[]>
  /** What was promised against what there is; waits until nothing moves. */
  ledger(load: Generated): Promise<LedgerLine[]>
  close(): Promise<void>
}

/** What an order for which all goes well has its services emit, and take; orders also keeps those that only its timeline shows. */
export const emitted: Readonly<Record<ServiceName, number>> = { orders: 1, payments: 1, warehouse: 2, loyalty: 1, email: 2 }
export const taken: Readonly<Record<ServiceName, number>> = { orders: 3, payments: 1, warehouse: 2, loyalty: 2, email: 3 }

export async function openBooks(targets: CheckTargets): Promise<Books> {
  const pools = new Map(serviceNames.map((name) => [name, new Pool({ connectionString: targets.databases[name], max: 2 })]))
  for (const pool of pools.values()) pool.on('error', () => {}) // a server that is stopped cuts idle connections
  const topics = openTopics(targets.brokers)
  const ends = () => Promise.all(serviceNames.map((name) => topics.ends(topicOf(name))))
  let from = await ends()
  const ask = async <Row extends object>(service: ServiceName, text: string, values: unknown[] = []) =>
    (await pools.get(service)!.query<Row>(text, values)).rows
  const count = async (service: ServiceName, text: string, values: unknown[] = []) =>
    (await ask<{ count: number }>(service, text, values))[0]!.count

  async function ended({ placed }: Generated) {
    const [first, orders] = [firstOf(placed), placed.length]
    // Cheap looks first: they are part of what is measured
    const dispatched = async () => (await count('orders', DISPATCHED, [first])) >= orders
    const heardOf = async (service: ServiceName) => (await count(service, INBOX, [first])) >= taken[service] * orders
    const idle = async () => (await Promise.all(serviceNames.map((name) => count(name, WORK)))).every((work) => work === 0)
    const done = async () => (await dispatched()) && (await heardOf('email')) && (await heardOf('loyalty')) && (await idle())
    await waitFor(done, { deadline: 120_000, every: 250, what: 'every order to end' })
  }

  return {
    ended,
    journeys: async ({ placed }) => joined(await readJourneys(ask, firstOf(placed)), placed),
    async ledger(load) {
      await waitUntilQuiet(targets, { deadline: 60_000 })
      const { placed, refused } = load
      const first = firstOf(placed)
      const lines = await Promise.all(serviceNames.map((service) => linesOf(service, placed.length, first, count)))
      const read = await Promise.all(from.map(async (each) => countDeliveries(await topics.readSince(each))))
      from = await ends()
      return [
        { what: 'orders that were refused', expected: 0, found: refused.length },
        { what: 'orders dispatched', expected: placed.length, found: await count('orders', DISPATCHED, [first]) },
        ...lines.flat(),
        ...read.flatMap(({ first, disordered }, n) => [
          { what: `${serviceNames[n]}: events in its topic`, expected: emitted[serviceNames[n]!] * placed.length, found: first },
          { what: `${serviceNames[n]}: events out of their order`, expected: 0, found: disordered },
        ]),
      ]
    },
    async close() {
      await Promise.all([topics.close(), ...[...pools.values()].map((pool) => pool.end())])
    },
  }
}

function firstOf(placed: Generated['placed']): string {
  const [first] = placed.map(({ orderId }) => orderId).sort()
  if (!first) throw new Error('not one order was taken')
  return first
}

// Ids are UUIDv7: what is not less than the first of a load belongs to it, since loads follow one another.
const DISPATCHED = `select count(*)::int as count from orders where order_id >= $1::uuid and status = 'dispatched'`
const WORK = `
  select (exists (select from outbox where published_at is null))::int + (exists (select from effects where status = 'due'))::int as count`
const OUTBOX = 'select count(*)::int as count from outbox where topic = $2 and key >= $1 and published_at is not null'
const INBOX = 'select count(*)::int as count from processed_events where key >= $1'
const PARKED = 'select (select count(*) from outbox_parked)::int + (select count(*) from parked_events)::int as count'

type Count = (service: ServiceName, text: string, values?: unknown[]) => Promise<number>

async function linesOf(service: ServiceName, orders: number, first: string, count: Count): Promise<LedgerLine[]> {
  return [
    {
      what: `${service}: events sent`,
      expected: emitted[service] * orders,
      found: await count(service, OUTBOX, [first, topicOf(service)]),
    },
    { what: `${service}: events taken`, expected: taken[service] * orders, found: await count(service, INBOX, [first]) },
    { what: `${service}: events parked`, expected: 0, found: await count(service, PARKED) },
    { what: `${service}: work left`, expected: 0, found: await count(service, WORK) },
  ]
}

type Ask = <Row extends object>(service: ServiceName, text: string, values?: unknown[]) => Promise<Row[]>
type Moment = { readonly id: string; readonly at: number }

const commitOf = (row: string) => `(extract(epoch from pg_xact_commit_timestamp(${row}.xmin)) * 1000)::float8 as at`
// Rows that are written once: an updated one would tell of its last change.
const ACCEPTED = `select order_id as id, ${commitOf('i')} from idempotency i where order_id >= $1::uuid`
const CLAIMED = `select key as id, ${commitOf('p')} from processed_events p where key >= $1 and topic = $2`
const CALLED = `select key as id, ${commitOf('p')} from processed_events p where key >= $1 and headers->>'ce_type' = 'OrderDispatched.v1'`

async function readJourneys(ask: Ask, first: string) {
  const read = async (service: ServiceName, text: string, ...more: unknown[]) =>
    new Map((await ask<Moment>(service, text, [first, ...more])).map(({ id, at }) => [id, at]))
  const [accepted, charging, sent, dispatched] = await Promise.all([
    read('orders', ACCEPTED),
    read('payments', CLAIMED, 'orders.v1'),
    read('warehouse', CLAIMED, 'payments.v1'),
    read('orders', CALLED),
  ])
  return { accepted, charging, sent, dispatched }
}

function joined(moments: Awaited<ReturnType<typeof readJourneys>>, placed: Generated['placed']): Journey[] {
  const momentOf = (of: keyof typeof moments, orderId: string) => {
    const at = moments[of].get(orderId)
    if (at === undefined) throw new Error(`nobody knows when order ${orderId} was ${of}`)
    return at
  }
  return placed.map(({ orderId }) => ({
    orderId,
    accepted: momentOf('accepted', orderId),
    charging: momentOf('charging', orderId),
    sent: momentOf('sent', orderId),
    dispatched: momentOf('dispatched', orderId),
  }))
}
