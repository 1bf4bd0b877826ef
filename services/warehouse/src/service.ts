import { OrderDispatched, ParcelRecalled, StockReleased, StockReserved, StockShort } from '@quadrille/contracts'
import { defineService, ignore } from '@quadrille/messaging'
import { cancelled, declined, newAllocation, paid, placed, waitsFor } from './allocation.ts'
import { routes } from './http.ts'
import { allocationStore, stockStore } from './store.ts'

/**
 * Warehouse reserves stock for an order, sends it once it is also paid, and takes it back when it is stopped.
 *
 *   OrderPlaced      none → reserved, or short; dispatched if it is paid already; closed if it was stopped before
 *   PaymentCaptured  reserved → dispatched
 *   PaymentFailed    reserved → released
 *   OrderCancelled   reserved → released; dispatched → recalled
 */
export const warehouse = defineService({
  name: 'warehouse',
  initial: newAllocation,
  store: allocationStore,
  shared: stockStore,
  emits: [StockReserved, StockShort, OrderDispatched, StockReleased, ParcelRecalled],
  consumes: {
    orders: { OrderPlaced: placed, OrderCancelled: cancelled },
    payments: { PaymentCaptured: paid, PaymentFailed: declined, PaymentRefunded: ignore },
  },
  waitsFor,
  serves: routes,
})
