import type { Measures } from '@quadrille/messaging'
import type { Payment } from './payment.ts'

/** Money in minor units, as the provider moved it: an order that is captured and refunded counts as both. */
export const measures: Measures<Payment> = (meter) => {
  const money = meter.createCounter('payments_money', { description: 'money captured and refunded, in minor units' })
  const count = (movement: string, { amount, currency }: Payment) => money.add(amount ?? 0, { movement, currency: currency ?? '' })
  // Begun at 0, since Prometheus sees no increase in the first value of a series: in the catalogue's currency.
  for (const movement of ['captured', 'refunded']) money.add(0, { movement, currency: 'EUR' })

  return ({ before, after }) => {
    if (!before.chargeId && after.chargeId) count('captured', after)
    if (!before.refundId && after.refundId) count('refunded', after)
  }
}
