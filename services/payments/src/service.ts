import { PaymentCaptured, PaymentFailed, PaymentRefunded } from '@quadrille/contracts'
import { defineService, ignore, performed } from '@quadrille/messaging'
import { askThenCharge } from './effects/charge-card.ts'
import { askThenRefund } from './effects/refund-card.ts'
import { routes } from './http.ts'
import { measures } from './measures.ts'
import { chargeCard, charged, newPayment, placed, refundCard, refunded, stopped, waitsFor } from './payment.ts'
import { paymentsStore } from './store.ts'

/**
 * Payments charges each order once, and gives the money back if the order is stopped; it tells what the provider did, always.
 *
 *   OrderPlaced                  new → charging, charge the card; stopped before → void
 *   OrderCancelled, StockShort   stop; captured → refunding, refund the card; charging → only marked
 *   the charge's outcome         captured, or refunding if stopped; declined → failed; no longer wanted → void
 *   the refund's outcome         refunding → refunded
 */
export const payments = defineService({
  name: 'payments',
  initial: newPayment,
  store: paymentsStore,
  emits: [PaymentCaptured, PaymentFailed, PaymentRefunded],
  effects: [performed(chargeCard, askThenCharge, charged), performed(refundCard, askThenRefund, refunded)],
  consumes: {
    orders: { OrderPlaced: placed, OrderCancelled: stopped },
    warehouse: { StockShort: stopped, StockReserved: ignore, OrderDispatched: ignore, StockReleased: ignore, ParcelRecalled: ignore },
  },
  measures,
  waitsFor,
  serves: routes,
})
