import {
  type Data,
  OrderCancelled,
  type OrderDispatched,
  OrderPlaced,
  type PaymentCaptured,
  type PaymentFailed,
  type PaymentRefunded,
  type StockShort,
} from '@quadrille/contracts'
import type { Handler } from '@quadrille/messaging'
import type { Answer } from './idempotency.ts'
import type { OrderView } from './view.ts'

/**
 * placed → paid → dispatched, or payment_failed, out_of_stock, cancelled. The first terminal fact wins; only an accepted
 * cancel wins over all, so dispatched → cancelled is the one way out of a terminal state.
 */
export type Order = Unplaced | Placed

interface Unplaced {
  readonly orderId: string
  readonly status: 'new'
}

export interface Placed {
  readonly orderId: string
  readonly status: OrderView['status']
  readonly correlationId: string
  readonly customer: { readonly id: string; readonly email: string }
  readonly items: OrderView['items']
  readonly total: number
  readonly currency: string
  readonly campaign: string | null
  readonly placedAt: Date
  readonly refundedAt: Date | null
}

export interface PlaceOrder {
  readonly orderId: string
  readonly correlationId: string
  readonly customer: { readonly id: string; readonly email: string }
  readonly items: OrderView['items']
  readonly total: number
  readonly currency: string
  readonly paymentToken: string
  readonly campaign?: string
  readonly idempotency?: { readonly key: string; readonly fingerprint: string }
}

export interface CancelOrder {
  readonly orderId: string
  readonly reason?: string
}

export type PlaceReply = { readonly kind: 'placed'; readonly order: OrderView; readonly replayed: boolean } | { readonly kind: 'mismatch' }
export type CancelReply =
  | { readonly kind: 'cancelled'; readonly repeated: boolean }
  | { readonly kind: 'too-late' }
  | { readonly kind: 'already-over'; readonly status: OrderView['status'] }
  | { readonly kind: 'unknown' }
export type OperatorReply = { readonly kind: 'cancelled'; readonly status: OrderView['status'] } | { readonly kind: 'unknown' }

type On<Contract> = Handler<Order, Data<Contract>, Answer>

export const newOrder = (orderId: string): Order => ({ orderId, status: 'new' })

/** Made with the order, kept in its row; every cancel carries it on. */
export const correlationOf = (order: Order) => (order.status === 'new' ? '' : order.correlationId)

/** The same Idempotency-Key with the same body gets the same answer, and makes no second order. */
export const place = (order: Order, command: PlaceOrder, answers: ReadonlyMap<string, Answer>, now: Date) => {
  const { idempotency, paymentToken, campaign, ...rest } = command
  const before = idempotency && answers.get(idempotency.key)
  if (before) return { state: order, reply: again(before, idempotency.fingerprint) }
  if (order.status !== 'new') return { state: order, reply: { kind: 'placed', order: viewOf(order), replayed: true } as PlaceReply }
  const placed: Placed = { ...rest, status: 'placed', campaign: campaign ?? null, placedAt: now, refundedAt: null }
  const { orderId, customer, items, total, currency } = rest
  const response = viewOf(placed)
  return {
    state: placed,
    shared: idempotency ? [{ ...idempotency, orderId, response }] : [],
    events: [OrderPlaced({ orderId, customer, items, total, currency, paymentToken, campaign })],
    reply: { kind: 'placed', order: response, replayed: false } as PlaceReply,
  }
}

const again = ({ fingerprint, response }: Answer, asked: string): PlaceReply =>
  fingerprint === asked ? { kind: 'placed', order: response, replayed: true } : { kind: 'mismatch' }

/** The customer's cancel, within the window on the database's clock; a repeat is accepted, and changes nothing. */
export const cancel =
  (windowMs: number) =>
  (order: Order, { orderId, reason }: CancelOrder, _answers: ReadonlyMap<string, Answer>, now: Date) => {
    const refusal = refusalOf(order, windowMs, now)
    if (refusal) return { state: order, reply: refusal }
    const events = [OrderCancelled({ orderId, by: 'customer', reason })]
    return { state: moved(order, cancellable, 'cancelled'), events, reply: { kind: 'cancelled', repeated: false } as CancelReply }
  }

function refusalOf(order: Order, windowMs: number, now: Date): CancelReply | undefined {
  if (order.status === 'new') return { kind: 'unknown' }
  if (order.status === 'cancelled') return { kind: 'cancelled', repeated: true }
  if (!cancellable.includes(order.status)) return { kind: 'already-over', status: order.status }
  return now.getTime() - order.placedAt.getTime() > windowMs ? { kind: 'too-late' } : undefined
}

/** Asks for neither window nor status, and always tells everybody again: the way out when a fact of the order was lost to a dead letter. */
export const cancelByOperator = (order: Order, { orderId, reason }: CancelOrder) => {
  const state = moved(order, cancellable, 'cancelled')
  if (state.status === 'new') return { state, reply: { kind: 'unknown' } as OperatorReply }
  const events = [OrderCancelled({ orderId, by: 'operator', reason })]
  return { state, events, reply: { kind: 'cancelled', status: state.status } as OperatorReply }
}

export const paid = ((order) => ({ state: moved(order, ['placed'], 'paid') })) satisfies On<typeof PaymentCaptured>

export const declined = ((order) => ({ state: moved(order, ['placed'], 'payment_failed') })) satisfies On<typeof PaymentFailed>

export const short = ((order) => ({ state: moved(order, ['placed', 'paid'], 'out_of_stock') })) satisfies On<typeof StockShort>

export const dispatched = ((order) => ({ state: moved(order, ['placed', 'paid'], 'dispatched') })) satisfies On<typeof OrderDispatched>

/** Only noted: the status says why the money went back. */
export const refunded = ((order, _fact, _answers, now) =>
  order.status === 'new' || order.refundedAt ? { state: order } : { state: { ...order, refundedAt: now } }) satisfies On<
  typeof PaymentRefunded
>

const cancellable: readonly Order['status'][] = ['placed', 'paid', 'dispatched']

function moved(order: Order, from: readonly Order['status'][], to: Placed['status']): Order {
  return order.status !== 'new' && from.includes(order.status) ? { ...order, status: to } : order
}

export function viewOf({ orderId, status, total, currency, customer, items, campaign, placedAt, refundedAt }: Placed): OrderView {
  return {
    orderId,
    status,
    total,
    currency,
    customer: { id: customer.id },
    items,
    ...(campaign !== null && { campaign }),
    placedAt: placedAt.toISOString(),
    ...(refundedAt && { refundedAt: refundedAt.toISOString() }),
  }
}
