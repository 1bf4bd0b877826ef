import type { Counts, OrderQuery, OrderRow, OrderStatus } from '../../src/api-types.ts'
import { type Journey, journeys } from './journeys.ts'

export interface FakeOrder {
  readonly row: OrderRow
  readonly journey: Journey
  readonly customer: string
  readonly placedMs: number
}

const EVERY_MS = 4_200
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

/** As a real one: its beginning is its time, so ids stand in the order in which orders were placed. */
function idOf(at: number, n: number): string {
  const time = hex(at, 12)
  const tail = hex((n * 2_654_435_761) >>> 0, 8)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(n % 4_096, 3)}-8${hex((n * 7) % 4_096, 3)}-${hex((n * 31) % 65_536, 4)}${tail}`
}

export function createOrder(n: number, placedMs: number, journey: Journey, now = placedMs + 60_000): FakeOrder {
  const orderId = idOf(placedMs, n)
  const past = journey.steps.filter(({ ms }) => placedMs + ms <= now)
  const last = past.reduce((latest, step) => (step.ms >= latest.ms ? step : latest))
  const at = new Date(placedMs + last.ms).toISOString()
  const status = now - placedMs > 100 ? journey.status : 'placed'
  const total = n % 997 === 0 ? 123_456_789 : 490 + ((n * 7_919) % 90) * 100
  const row = {
    orderId,
    short: orderId.slice(-8).toUpperCase(),
    status,
    total,
    currency: 'EUR',
    customer: `c-${n % 500}`,
    placedAt: new Date(placedMs).toISOString(),
  }
  return {
    row: { ...row, changedAt: at, last: { type: last.type, at }, stuck: journey.trouble !== null },
    journey,
    placedMs,
    customer: `c-${n % 500}`,
  }
}

const ordinary = (n: number): Journey => journeys[n % 19 === 0 ? 1 : n % 37 === 0 ? 2 : n % 23 === 0 ? 3 : 0]!

/** Newest first; five of them are stuck, one of those after its payment failed. */
export function createOrders(many: number, now: number): FakeOrder[] {
  const failed: Journey = { ...journeys[1]!, trouble: 'handler' }
  const stuck = new Map([[2, failed], ...[4, 31, 57, 61].map((n, at) => [n, journeys[4 + at]!] as const)])
  return Array.from({ length: many }, (_, n) => createOrder(many - n, now - 2_000 - n * EVERY_MS, stuck.get(n) ?? ordinary(n), now))
}

export const next = (n: number, now: number) => createOrder(n, now, ordinary(n), now)

const none: Counts = { placed: 0, paid: 0, dispatched: 0, payment_failed: 0, out_of_stock: 0, cancelled: 0 }

export function countsOf(orders: readonly FakeOrder[]): Counts {
  const counts: Record<OrderStatus, number> = { ...none }
  for (const { row } of orders) counts[row.status] += 1
  return counts
}

export function pageOf(orders: readonly FakeOrder[], { status, search = '', before, limit = 50 }: OrderQuery) {
  const wanted = search.toLowerCase()
  const named = wanted
    ? orders.filter(({ row, customer }) => row.orderId === wanted || row.short.toLowerCase().startsWith(wanted) || customer === wanted)
    : orders
  const found = named.filter(
    ({ row }) =>
      (!before || row.orderId < before) &&
      (!status ||
        row.status === status ||
        (status === 'stuck' && row.stuck) ||
        (status === 'open' && ['placed', 'paid'].includes(row.status))),
  )
  const rows = found.slice(0, limit).map(({ row }) => row)
  const stuck = named.filter(({ row }) => row.stuck).length
  return { rows, next: found.length > limit ? rows.at(-1)!.orderId : null, counts: countsOf(named), stuck }
}
