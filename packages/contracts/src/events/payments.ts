import { z } from 'zod'
import { defineEvent } from '../define.ts'
import { Currency, Money, OrderId, Reason, Reference } from '../values.ts'

export const PaymentCaptured = defineEvent({
  emitter: 'payments',
  type: 'PaymentCaptured',
  version: 1,
  description: `Payments emits this when the payment provider has taken the money: at most once per order, and always the order's total. It says
    what the provider did, so it also comes for an order that was stopped meanwhile; a PaymentRefunded then follows. Orders marks
    the order paid, warehouse dispatches what it has reserved, loyalty starts the hold before points, email sends the confirmation.`,
  schema: z.object({ orderId: OrderId, amount: Money, currency: Currency, reference: Reference }),
  example: { orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e', amount: 3470, currency: 'EUR', reference: 'psp_7Qm2' },
})

export const PaymentFailed = defineEvent({
  emitter: 'payments',
  type: 'PaymentFailed',
  version: 1,
  description: `Payments emits this when the payment provider declined the card: a business "no", and final, for the charge is never tried again.
    No money was taken. A provider that is down or slow never leads here; payments keeps trying. Orders ends the order as payment_failed,
    warehouse releases the stock, email tells the customer.`,
  schema: z.object({ orderId: OrderId, reason: Reason }),
  example: { orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e', reason: 'card declined' },
})

export const PaymentRefunded = defineEvent({
  emitter: 'payments',
  type: 'PaymentRefunded',
  version: 1,
  description: `Payments emits this when the payment provider has given all the money back, because the order was cancelled or out of stock:
    at most once per order, after its PaymentCaptured, and for the same amount. Orders notes it, loyalty revokes the points, email tells
    the customer.`,
  schema: z.object({ orderId: OrderId, amount: Money, currency: Currency, reference: Reference }),
  example: { orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e', amount: 3470, currency: 'EUR', reference: 'psp_7Qm2' },
})
