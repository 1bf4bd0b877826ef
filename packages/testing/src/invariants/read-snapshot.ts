import { topics } from '@quadrille/contracts'
import type { Client } from 'pg'
import { withClient } from '../database.ts'
import type { EffectRow, LetterRow, OutboxRow, RuntimeRows, ServiceName, Snapshot, StreamRow } from './snapshot.ts'
import { type CheckTargets, createReader, serviceNames } from './targets.ts'
import { readTopics } from './topic-records.ts'

/** Reads everything the invariants are about. Meaningful once the system is quiet. */
export async function readSnapshot(targets: CheckTargets): Promise<Snapshot> {
  const { databases, pspUrl, mailUrl, catalogue, planted = {} } = targets
  const [states, runtimes, records, ledger, mailbox] = await Promise.all([
    readStates(databases),
    Promise.all(serviceNames.map(async (service) => [service, await withClient(databases[service], runtimeRows)] as const)),
    readTopics(
      createReader(targets),
      topics.map(({ name }) => name),
    ),
    getJson<Snapshot['ledger']>(`${pspUrl}/ledger`),
    getJson<Snapshot['mailbox']>(`${mailUrl}/api/mails`),
  ])
  return { ...states, runtimes: Object.fromEntries(runtimes) as Snapshot['runtimes'], records, ledger, mailbox, catalogue, planted }
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as T
}

/** Each service's own tables; float8, because pg gives a bigint as text. */
async function readStates(databases: Readonly<Record<ServiceName, string>>) {
  const read = <Row extends object>(service: ServiceName, text: string) =>
    withClient(databases[service], async (client) => (await client.query<Row>(text)).rows)
  const [orders, answers, payments, stock, allocations, rewards, mails] = await Promise.all([
    read<Snapshot['orders'][number]>(
      'orders',
      `select order_id as "orderId", status, total::float8 as total, currency, items, customer_email as address,
              correlation_id as "correlationId" from orders`,
    ),
    read<Snapshot['answers'][number]>('orders', `select key, order_id as "orderId" from idempotency where order_id is not null`),
    read<Snapshot['payments'][number]>(
      'payments',
      `select order_id as "orderId", status, charge_id as "chargeId", refund_id as "refundId" from payments`,
    ),
    read<Snapshot['stock'][number]>('warehouse', `select sku, on_hand as "onHand", reserved, dispatched, initial, received from stock`),
    read<Snapshot['allocations'][number]>('warehouse', `select order_id as "orderId", status, items from allocations`),
    read<Snapshot['rewards'][number]>('loyalty', `select order_id as "orderId", status, points::float8 as points from rewards`),
    read<Snapshot['mails'][number]>('email', `select order_id as "orderId", fact, status, message_id as "messageId" from mails`),
  ])
  return { orders, answers, payments, stock, allocations, rewards, mails }
}

/** Topics keep events for 7 days; a day less, since the broker deletes whole segments. */
const OUTBOX = `
  select event_id as "eventId", topic, key, payload, raw_value, published_at is not null as published,
         id in (select outbox_id from outbox_parked) as parked, coalesce(published_at < now() - interval '6 days', false) as old
  from outbox`

const EFFECTS = `select key, kind, order_id as "orderId", status, attempts from effects`

const LETTERS = `select key as "orderId", event_id as "eventId", raw_headers, code, outcome from parked_events order by seq`

const STREAMS = `select order_id as "orderId", sequence, parked from streams`

type RawOutbox = Omit<OutboxRow, 'value'> & { payload: string | null; raw_value: Buffer | null }
type RawLetter = Omit<LetterRow, 'type'> & { raw_headers: Buffer }

async function runtimeRows(client: Client): Promise<RuntimeRows> {
  const outbox = await client.query<RawOutbox>(OUTBOX)
  const effects = await client.query<EffectRow>(EFFECTS)
  const letters = await client.query<RawLetter>(LETTERS)
  const streams = await client.query<StreamRow>(STREAMS)
  return {
    outbox: outbox.rows.map(({ payload, raw_value, ...row }) => ({ ...row, value: payload ?? raw_value?.toString() ?? null })),
    effects: effects.rows,
    letters: letters.rows.map(({ raw_headers, ...row }) => ({ ...row, type: typeIn(raw_headers) })),
    streams: streams.rows,
  }
}

/** Headers are kept as JSON pairs of name and base64. */
function typeIn(headers: Buffer): string | null {
  const pairs = JSON.parse(headers.toString()) as [string, string][]
  const type = pairs.find(([name]) => name === 'ce_type')?.[1]
  return type === undefined ? null : Buffer.from(type, 'base64').toString()
}
