import { type PipelinedTrx, transact } from '@quadrille/messaging'
import type { Pool } from 'pg'
import type { OrderStatus } from '../api-types.ts'
import type { Kept } from './event.ts'
import { folded, type Standing } from './standing.ts'

// Instances write in turn: two topics of a new order may be read by two of them, and neither has a row to lock yet.
const IN_TURN = `select pg_advisory_xact_lock(hashtext('quadrille.console'))`

const CLAIM = `
  insert into events (id, order_id, type, emitter, topic, partition, "offset", at, causation_id, traceparent, payload, headers)
  select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::timestamptz[], $9::text[],
    $10::text[], $11::text[], $12::text[])
  on conflict (id) do nothing
  returning id`

export const STANDING = `
  order_id as "orderId", status, (extract(epoch from decided_at) * 1000)::float8 as "decidedAt", placed, total::float8 as total, currency,
  customer, (extract(epoch from placed_at) * 1000)::float8 as "placedAt", (extract(epoch from changed_at) * 1000)::float8 as "changedAt",
  last_type as "lastType"`

const LOAD = `select ${STANDING} from orders where order_id = any ($1) order by order_id for update`

const SAVE = `
  insert into orders (order_id, short, status, decided_at, placed, total, currency, customer, placed_at, changed_at, last_type)
  select order_id, upper(right(order_id::text, 8)), status, decided_at, placed, total, currency, customer, placed_at, changed_at, last_type
  from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bool[], $5::bigint[], $6::text[], $7::text[], $8::timestamptz[],
    $9::timestamptz[], $10::text[])
    as new (order_id, status, decided_at, placed, total, currency, customer, placed_at, changed_at, last_type)
  on conflict (order_id) do update set status = excluded.status, decided_at = excluded.decided_at, placed = excluded.placed,
    total = excluded.total, currency = excluded.currency, customer = excluded.customer, placed_at = excluded.placed_at,
    changed_at = excluded.changed_at, last_type = excluded.last_type`

const COUNT = `
  insert into order_counts (status, orders) select * from unnest($1::text[], $2::bigint[])
  on conflict (status) do update set orders = order_counts.orders + excluded.orders`

/** Keeps those events that were not there before, with what they make of their orders, in one transaction; tells how those stand now. */
export function save(pool: Pool, events: readonly Kept[]): Promise<Standing[]> {
  const orderIds = [...new Set(events.map(({ orderId }) => orderId))].sort()
  return transact(pool, async (trx) => {
    const first = [trx.query(IN_TURN), trx.query<{ id: string }>(CLAIM, columns(events)), trx.query<Standing>(LOAD, [orderIds])] as const
    const [, claimed, rows] = await Promise.all(first)
    const before = new Map(rows.map((row) => [row.orderId, row]))
    const after = foldedIn(before, events, new Set(claimed.map(({ id }) => id)))
    await trx.commit(...written(trx, before, after))
    return after
  })
}

const columns = (events: readonly Kept[]) => [
  events.map(({ id }) => id),
  events.map(({ orderId }) => orderId),
  events.map(({ type }) => type),
  events.map(({ emitter }) => emitter),
  events.map(({ topic }) => topic),
  events.map(({ partition }) => partition),
  events.map(({ offset }) => offset),
  events.map(({ at }) => new Date(at)),
  events.map(({ causationId }) => causationId),
  events.map(({ traceparent }) => traceparent),
  events.map(({ payload }) => payload),
  events.map(({ headers }) => headers),
]

function foldedIn(before: ReadonlyMap<string, Standing>, events: readonly Kept[], claimed: Set<string>): Standing[] {
  const after = new Map<string, Standing>()
  for (const event of events) {
    // Deleted as it is folded: an event may stand twice in one set.
    if (claimed.delete(event.id)) after.set(event.orderId, folded(after.get(event.orderId) ?? before.get(event.orderId), event))
  }
  return [...after.values()]
}

function written(trx: PipelinedTrx, before: ReadonlyMap<string, Standing>, after: readonly Standing[]): Promise<unknown>[] {
  if (after.length === 0) return []
  const moved = [...movedBetween(before, after)].filter(([, orders]) => orders !== 0).sort()
  const counted = moved.length === 0 ? [] : [trx.query(COUNT, [moved.map(([status]) => status), moved.map(([, orders]) => orders)])]
  return [trx.query(SAVE, standingColumns(after)), ...counted]
}

function movedBetween(before: ReadonlyMap<string, Standing>, after: readonly Standing[]): Map<OrderStatus, number> {
  const moved = new Map<OrderStatus, number>()
  const add = (status: OrderStatus | undefined, orders: number) => status && moved.set(status, (moved.get(status) ?? 0) + orders)
  for (const { orderId, status } of after) {
    add(before.get(orderId)?.status, -1)
    add(status, 1)
  }
  return moved
}

const standingColumns = (after: readonly Standing[]) => [
  after.map(({ orderId }) => orderId),
  after.map(({ status }) => status),
  after.map(({ decidedAt }) => new Date(decidedAt)),
  after.map(({ placed }) => placed),
  after.map(({ total }) => total),
  after.map(({ currency }) => currency),
  after.map(({ customer }) => customer),
  after.map(({ placedAt }) => new Date(placedAt)),
  after.map(({ changedAt }) => new Date(changedAt)),
  after.map(({ lastType }) => lastType),
]
