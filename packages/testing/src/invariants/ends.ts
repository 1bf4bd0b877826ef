import type { OrderStatus, Snapshot } from './snapshot.ts'
import { byOrder, type Survey, type Violation } from './survey.ts'

const TERMINAL: ReadonlySet<OrderStatus> = new Set(['dispatched', 'payment_failed', 'out_of_stock', 'cancelled'])

/** I1: every order answered 201 ends in exactly one terminal state, none exists that was not asked for, one key gives one order. */
export function* everyOrderEnds(snapshot: Survey): Iterable<Violation> {
  yield* unfinished(snapshot)
  yield* askedAndThere(snapshot)
  yield* oneOrderPerKey(snapshot)
  yield* strangers(snapshot)
}

const broken = (subject: string, problem: string): Violation => ({ invariant: 'I1', subject, problem })

function* unfinished({ orders, eventsOf }: Survey) {
  for (const { orderId, status } of orders) {
    if (!TERMINAL.has(status)) yield broken(orderId, `has not ended: it is ${status}`)
    const placed = (eventsOf.get(orderId) ?? []).filter(({ type }) => type === 'OrderPlaced').length
    if (placed !== 1) yield broken(orderId, `was told as placed ${placed} times`)
  }
}

function* askedAndThere({ orders, planted }: Survey) {
  if (!planted.orders) return
  const there = byOrder(orders)
  const asked = byOrder(planted.orders)
  for (const { orderId, ends } of asked.values()) {
    const status = there.get(orderId)?.status
    if (!status) yield broken(orderId, 'was answered with 201 and does not exist')
    else if (ends && !ends.includes(status)) yield broken(orderId, `ended ${status}, and should be ${ends.join(' or ')}`)
  }
  for (const orderId of there.keys()) if (!asked.has(orderId)) yield broken(orderId, 'exists, and nobody was answered so')
}

function* oneOrderPerKey({ planted, orders, answers }: Survey) {
  const keyed = Map.groupBy(planted.orders ?? [], ({ key }) => key)
  for (const [key, asked] of keyed) {
    const ids = new Set(asked.map(({ orderId }) => orderId))
    if (key !== undefined && ids.size > 1) yield broken(key, `one Idempotency-Key was answered with ${ids.size} orders`)
  }
  const there = byOrder(orders)
  for (const { key, orderId } of answers) if (!there.has(orderId)) yield broken(orderId, `is the answer of key ${key}, and does not exist`)
}

function* strangers(snapshot: Survey) {
  const there = byOrder(snapshot.orders)
  for (const [where, rows] of statesElsewhere(snapshot))
    for (const { orderId } of rows) if (!there.has(orderId)) yield broken(orderId, `is known to ${where}, and does not exist`)
}

const statesElsewhere = ({ payments, allocations, rewards, mails }: Snapshot) =>
  [
    ['payments', payments],
    ['warehouse', allocations],
    ['loyalty', rewards],
    ['email', mails],
  ] as const
