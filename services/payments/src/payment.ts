import { type Data, type EventOf, type OrderPlaced, PaymentCaptured, PaymentFailed, PaymentRefunded } from '@quadrille/contracts'
import { type Answered, type Decision, describeEffect, type Effect, type Handler, unwanted } from '@quadrille/messaging'

/**
 * new → charging → captured → refunding → refunded, or charging → failed, or void where nothing was ever charged.
 * `stop` is the one fact that turns it round, and is never undone: the order was cancelled or cannot be supplied.
 */
export interface Payment {
  readonly orderId: string
  readonly status: 'new' | 'charging' | 'captured' | 'failed' | 'refunding' | 'refunded' | 'void'
  readonly stop: boolean
  readonly amount: number | null
  readonly currency: string | null
  /** The provider's own ids, and its reason where it declined. */
  readonly chargeId: string | null
  readonly refundId: string | null
  readonly reason: string | null
}

interface Money {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
}

export interface Charge extends Money {
  readonly token: string
}

export interface Refund extends Money {
  /** The effect that took the money, by its key: the provider knows the charge by it. */
  readonly charge: string
}

export type ChargeAnswer =
  | { readonly status: 'captured'; readonly chargeId: string }
  | { readonly status: 'declined'; readonly reason: string }

export interface RefundAnswer {
  readonly refundId: string
}

type On<Contract> = Handler<Payment, Data<Contract>>
type Outcome<Contract, F extends Effect = never> = Decision<Payment, unknown, EventOf<Contract>, F>

const captureKey = (orderId: string) => `capture:${orderId}`

export const chargeCard = describeEffect('charge-card', {
  key: ({ orderId }: Charge) => captureKey(orderId),
  wanted: (payment: Payment) => !payment.stop,
})

/** Always wanted: only captured money is given back, and then it must be. */
export const refundCard = describeEffect('refund-card', {
  key: ({ orderId }: Refund) => `refund:${orderId}`,
  wanted: (_payment: Payment) => true,
})

export const newPayment = (orderId: string): Payment => ({
  orderId,
  status: 'new',
  stop: false,
  amount: null,
  currency: null,
  chargeId: null,
  refundId: null,
  reason: null,
})

/** Charge the card, unless the order was stopped before we heard of it. Heard before: nothing to do. */
export const placed = ((payment, { orderId, total: amount, currency, paymentToken: token }) => {
  if (payment.status !== 'new') return { state: payment }
  const known = { ...payment, amount, currency }
  if (payment.stop) return { state: { ...known, status: 'void' } }
  return { state: { ...known, status: 'charging' }, effects: [chargeCard({ orderId, amount, currency, token })] }
}) satisfies On<typeof OrderPlaced>

/** Cancelled or out of stock: give captured money back; while the charge is under way, its outcome will. */
export const stopped = ((payment: Payment) => {
  if (payment.stop || payment.status === 'failed') return { state: payment }
  const stop = { ...payment, stop: true }
  return payment.status === 'captured' ? refunding(stop) : { state: stop }
}) satisfies On<unknown>

/** What the provider did is always told, also for an order that was stopped meanwhile. */
export function charged(
  payment: Payment,
  { orderId, amount, currency, answer }: Answered<Charge, ChargeAnswer>,
): Outcome<typeof PaymentCaptured | typeof PaymentFailed, ReturnType<typeof refundCard>> {
  if (payment.status !== 'charging') return { state: payment }
  if (answer === unwanted) return { state: { ...payment, status: 'void' } }
  if (answer.status === 'declined') {
    const { reason } = answer
    return { state: { ...payment, status: 'failed', reason }, events: [PaymentFailed({ orderId, reason })] }
  }
  const captured = { ...payment, status: 'captured', chargeId: answer.chargeId } as const
  const events = [PaymentCaptured({ orderId, amount, currency, reference: answer.chargeId })]
  return payment.stop ? { ...refunding(captured), events } : { state: captured, events }
}

export function refunded(
  payment: Payment,
  { orderId, amount, currency, answer }: Answered<Refund, RefundAnswer>,
): Outcome<typeof PaymentRefunded> {
  if (payment.status !== 'refunding' || answer === unwanted) return { state: payment }
  const { refundId } = answer
  const events = [PaymentRefunded({ orderId, amount, currency, reference: refundId })]
  return { state: { ...payment, status: 'refunded', refundId }, events }
}

/** Told to whoever asks why an order stands still; what the provider owes us stands among the effects. */
export const waitsFor = ({ status }: Payment): string[] => (status === 'new' ? ['waits for OrderPlaced from orders'] : [])

function refunding(payment: Payment) {
  const { orderId, amount, currency } = payment
  const refund = refundCard({ orderId, amount: amount!, currency: currency!, charge: captureKey(orderId) })
  return { state: { ...payment, status: 'refunding' } as const, effects: [refund] }
}
