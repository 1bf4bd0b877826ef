import { PaymentCaptured, PaymentFailed, PaymentRefunded } from '@quadrille/contracts'
import { defineService, ignore, performed } from '@quadrille/messaging'
import { askThenCharge } from './effects/charge-card.ts'
import { askThenRefund } from './effects/refund-card.ts'
import { chargeCard, charged, newPayment, placed, refundCard, refunded, stopped } from './payment.ts'
import { paymentsStore } from './store.ts'

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
})
