import type { Trx } from '@quadrille/messaging'
import type { Counts, OrderEvent, OrderQuery, ServiceName } from '../api-types.ts'
import { STANDING } from './save.ts'
import type { Standing } from './standing.ts'

export const statuses = ['placed', 'paid', 'dispatched', 'payment_failed', 'out_of_stock', 'cancelled'] as const

export async function countsOf(trx: Trx): Promise<Counts> {
  const rows = await trx.query<{ status: string; orders: number }>('select status, orders::float8 as orders from order_counts')
  return countsIn(rows)
}

const countsIn = (rows: readonly { readonly status: string; readonly orders: number }[]): Counts =>
  Object.fromEntries(statuses.map((status) => [status, rows.find((row) => row.status === status)?.orders ?? 0])) as unknown as Counts

export interface Asked extends OrderQuery {
  readonly limit: number
}

/** Ids are UUIDv7, so they stand in the order in which orders were placed. */
export async function standings(trx: Trx, asked: Asked, stuck: readonly string[]): Promise<Standing[]> {
  const { wanted, values } = conditionsOf(asked, stuck)
  const where = wanted.length > 0 ? `where ${wanted.join(' and ')}` : ''
  const limit = `limit $${values.push(asked.limit)}`
  return await trx.query<Standing>(`select ${STANDING} from orders ${where} order by order_id desc ${limit}`, values)
}

function conditionsOf({ status, search, before }: Asked, stuck: readonly string[]) {
  const values: unknown[] = []
  const at = (value: unknown) => `$${values.push(value)}`
  const wanted: string[] = []
  if (status === 'open') wanted.push(`status in ('placed', 'paid')`)
  else if (status === 'stuck') wanted.push(`order_id = any (${at(stuck)}::uuid[])`)
  else if (status) wanted.push(`status = ${at(status)}`)
  if (search) wanted.push(matching(search, at))
  if (before) wanted.push(`order_id < ${at(before)}::uuid`)
  return { wanted, values }
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** An id, the beginning of a short number, or a customer. NUL stands in no text that PostgreSQL holds, and it would refuse to look. */
function matching(search: string, at: (value: unknown) => string): string {
  if (search.includes('\0')) return 'false'
  if (ID.test(search)) return `order_id = ${at(search.toLowerCase())}::uuid`
  const customer = `customer = ${at(search)}`
  if (!/^[0-9a-f]{1,8}$/i.test(search)) return customer
  const short = `short like ${at(`${search.toUpperCase()}%`)}`
  return `order_id = any (array(select order_id from orders where ${short} union select order_id from orders where ${customer}))`
}

export const standingsOf = (trx: Trx, orderIds: readonly string[]) =>
  trx.query<Standing>(`select ${STANDING} from orders where order_id = any ($1::uuid[])`, [orderIds])

const HELD = `
  select order_id as "orderId", (extract(epoch from min(at)) * 1000)::float8 as since
  from (
    select found.order_id, found.at
    from unnest($1::text[], $2::int[], $3::bigint[]) as unread (topic, partition, next)
    cross join lateral (
      select order_id, at from events
      where topic = unread.topic and partition = unread.partition and "offset" >= unread.next and type = any ($4) limit 20000
    ) as found
    limit 20000
  ) as held
  group by order_id order by order_id limit 2000`

interface Unread {
  readonly topic: string
  readonly partition: number
  readonly committed: number | null
}

/** Orders with an event of these types that stands in Kafka where it has not been read; more than 2,000 are no list to read any more. */
export const heldOrders = (trx: Trx, types: readonly string[], unread: readonly Unread[]) =>
  trx.query<{ orderId: string; since: number }>(HELD, [
    unread.map(({ topic }) => topic),
    unread.map(({ partition }) => partition),
    unread.map(({ committed }) => committed ?? 0),
    types,
  ])

/** How many of those that are found have which status, and how many of them are stuck. */
export async function countsFound(trx: Trx, search: string, stuck: readonly string[]): Promise<{ counts: Counts; stuck: number }> {
  const { wanted, values } = conditionsOf({ search, limit: 0 }, stuck)
  const isStuck = `order_id = any ($${values.push(stuck)}::uuid[])`
  const rows = await trx.query<{ status: string; orders: number; stuck: number }>(
    `select status, count(*)::float8 as orders, count(*) filter (where ${isStuck})::float8 as stuck
     from orders where ${wanted.join(' and ')} group by status`,
    values,
  )
  return { counts: countsIn(rows), stuck: rows.reduce((sum, row) => sum + row.stuck, 0) }
}

interface EventRow extends Omit<OrderEvent, 'at' | 'ms' | 'payload' | 'headers' | 'traceId'> {
  readonly emitter: ServiceName
  readonly at: Date
  readonly traceparent: string | null
  readonly payload: string
  readonly headers: string
}

const EVENTS = `
  select id, type, emitter, topic, partition, "offset"::text as "offset", at, causation_id as "causationId", traceparent, payload, headers
  from events where order_id = $1 order by at, topic, "offset" limit 500`

export async function eventsOf(trx: Trx, { orderId, placedAt }: Standing, whole: boolean): Promise<OrderEvent[]> {
  const rows = await trx.query<EventRow>(EVENTS, [orderId])
  return rows.map(({ traceparent, payload, headers, at, ...event }) => ({
    ...event,
    at: at.toISOString(),
    ms: at.getTime() - placedAt,
    traceId: traceparent?.split('-')[1] ?? null,
    payload: whole ? JSON.parse(payload) : null,
    headers: whole ? JSON.parse(headers) : null,
  }))
}

const PRUNE = `
  with old as (
    select order_id from orders where changed_at < now() - $1 * interval '1 day' order by changed_at limit $2 for update skip locked
  ), forgotten as (
    delete from events where order_id = any (array(select order_id from old))
  ), gone as (
    delete from orders where order_id = any (array(select order_id from old)) returning status
  )
  update order_counts set orders = order_counts.orders - removed.orders
  from (select status, count(*) as orders from gone group by status) as removed
  where order_counts.status = removed.status
  returning removed.orders::float8 as removed`

/** Forgets orders that nothing has happened to for so long, with their events; tells how many. */
export async function prune(trx: Trx, days: number, most: number): Promise<number> {
  const rows = await trx.query<{ removed: number }>(PRUNE, [days, most])
  return rows.reduce((sum, { removed }) => sum + removed, 0)
}
