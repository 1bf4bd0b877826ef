import type { OrderStatus } from '../api-types.ts'

/** How an order stands, by all that has been read of it. Times are in milliseconds since 1970. */
export interface Standing {
  readonly orderId: string
  readonly status: OrderStatus
  /** When the fact happened that made this the status. */
  readonly decidedAt: number
  /** OrderPlaced has been read; before, only that there is such an order. */
  readonly placed: boolean
  readonly total: number | null
  readonly currency: string | null
  readonly customer: string | null
  readonly placedAt: number
  readonly changedAt: number
  readonly lastType: string
}

/** What the list needs to know of an event. */
export interface Fact {
  readonly orderId: string
  readonly type: string
  readonly at: number
  readonly data: unknown
}

const decides: Readonly<Record<string, OrderStatus>> = {
  OrderCancelled: 'cancelled',
  OrderDispatched: 'dispatched',
  StockShort: 'out_of_stock',
  PaymentFailed: 'payment_failed',
  PaymentCaptured: 'paid',
}

/** A cancel wins over all, and then the first end; `paid` is one only while nothing else is known. */
const rank: Readonly<Record<OrderStatus, number>> = { placed: 0, paid: 1, dispatched: 2, out_of_stock: 2, payment_failed: 2, cancelled: 3 }

/**
 * Folds one more event in. Topics are read side by side, so events of an order come in any order, and the result is the same in each:
 * what happened first is told by the events' own times.
 */
export function folded(before: Standing | undefined, fact: Fact): Standing {
  const { orderId, type, at } = fact
  const since = before ?? firstOf(fact)
  const { placedAt, ...placed } =
    type === 'OrderPlaced' ? placedBy(fact) : { placedAt: since.placed ? since.placedAt : Math.min(since.placedAt, at) }
  const isLast = at > since.changedAt || (at === since.changedAt && type > since.lastType)
  return {
    ...since,
    ...{ orderId, placedAt, ...placed },
    ...decision(since, decides[type] ?? 'placed', at),
    ...(isLast && { changedAt: at, lastType: type }),
  }
}

const firstOf = ({ orderId, type, at }: Fact): Standing => ({
  ...{ orderId, status: 'placed', decidedAt: at, placed: false, total: null, currency: null, customer: null },
  ...{ placedAt: at, changedAt: at, lastType: type },
})

function placedBy({ data, at }: Fact) {
  const { total, currency, customer } = data as { total: number; currency: string; customer: { id: string } }
  return { placed: true, total, currency, customer: customer.id, placedAt: at }
}

function decision({ status, decidedAt }: Standing, next: OrderStatus, at: number) {
  const [old, young] = [rank[status], rank[next]]
  const earlier = at < decidedAt || (at === decidedAt && next < status)
  return young > old || (young === old && earlier) ? { status: next, decidedAt: at } : { status, decidedAt }
}
