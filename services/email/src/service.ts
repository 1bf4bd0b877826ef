import { EmailSent } from '@quadrille/contracts'
import { defineService, ignore, performed } from '@quadrille/messaging'
import { mailed, newCorrespondence, placed, sendMail, tell, waitsFor } from './correspondence.ts'
import { deliver } from './effects/send-mail.ts'
import { routes } from './http.ts'
import { correspondenceStore } from './store.ts'

/**
 * Email writes to the customer once about each of these facts, as soon as the address is known, which comes with OrderPlaced.
 *
 *   PaymentCaptured  thank you, this is what you ordered     PaymentRefunded  the money is on its way back
 *   PaymentFailed    nothing was taken                       OrderDispatched  the tracking number
 *   OrderCancelled   cancelled, and what that means          StockShort       what was missing
 */
export const email = defineService({
  name: 'email',
  initial: newCorrespondence,
  store: correspondenceStore,
  emits: [EmailSent],
  effects: [performed(sendMail, deliver, mailed)],
  consumes: {
    orders: { OrderPlaced: placed, OrderCancelled: tell('OrderCancelled') },
    payments: { PaymentCaptured: tell('PaymentCaptured'), PaymentFailed: tell('PaymentFailed'), PaymentRefunded: tell('PaymentRefunded') },
    warehouse: {
      OrderDispatched: tell('OrderDispatched'),
      StockShort: tell('StockShort'),
      StockReserved: ignore,
      StockReleased: ignore,
      ParcelRecalled: ignore,
    },
  },
  waitsFor,
  serves: routes,
})
