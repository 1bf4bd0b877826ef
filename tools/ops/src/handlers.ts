import { catalogue, type Emitter } from '@quadrille/contracts'
import type { Service } from './addresses.ts'

/** Who takes which event; orders also keeps a journal of those that change nothing for it. Compared with the services by a test. */
export const handlers: Readonly<Record<string, readonly Service[]>> = {
  OrderPlaced: ['payments', 'warehouse', 'loyalty', 'email'],
  OrderCancelled: ['payments', 'warehouse', 'loyalty', 'email'],
  PaymentCaptured: ['orders', 'warehouse', 'loyalty', 'email'],
  PaymentFailed: ['orders', 'warehouse', 'email'],
  PaymentRefunded: ['orders', 'loyalty', 'email'],
  StockReserved: ['orders'],
  StockShort: ['orders', 'payments', 'email'],
  OrderDispatched: ['orders', 'email'],
  StockReleased: ['orders'],
  ParcelRecalled: ['orders'],
}

/** Whose topics a group reads. */
export const readsOf = (group: Service): Emitter[] =>
  (Object.keys(catalogue) as Emitter[]).filter((emitter) => Object.keys(catalogue[emitter]).some((type) => handlers[type]?.includes(group)))
