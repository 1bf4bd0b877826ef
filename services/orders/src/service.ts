import { OrderCancelled, OrderPlaced } from '@quadrille/contracts'
import { defineService, ignore } from '@quadrille/messaging'
import { routes, type Shop } from './http.ts'
import { answers } from './idempotency.ts'
import { measures } from './measures.ts'
import { cancel, cancelByOperator, correlationOf, declined, dispatched, newOrder, paid, place, refunded, short } from './order.ts'
import { ordersStore } from './store.ts'
import { waitsFor } from './waits.ts'

export interface Policy extends Shop {
  readonly cancelWindowMs: number
}

/**
 * Orders takes an order, fixes its price, and keeps its status; the first terminal fact wins, an accepted cancel over all.
 *
 *   place             new → placed; the same Idempotency-Key: the same answer, no second order
 *   cancel            placed, paid, dispatched → cancelled, within the window
 *   cancelByOperator  the same at any time; tells it again also where the status stays
 *   PaymentCaptured   placed → paid
 *   PaymentFailed     placed → payment_failed
 *   StockShort        placed, paid → out_of_stock
 *   OrderDispatched   placed, paid → dispatched
 *   PaymentRefunded   noted
 */
export const orders = ({ cancelWindowMs, ...shop }: Policy) =>
  defineService({
    name: 'orders',
    initial: newOrder,
    store: ordersStore,
    shared: answers,
    emits: [OrderPlaced, OrderCancelled],
    commands: { place, cancel: cancel(cancelWindowMs), cancelByOperator },
    correlation: correlationOf,
    journal: true,
    measures,
    waitsFor,
    consumes: {
      payments: { PaymentCaptured: paid, PaymentFailed: declined, PaymentRefunded: refunded },
      warehouse: { StockShort: short, OrderDispatched: dispatched, StockReserved: ignore, StockReleased: ignore, ParcelRecalled: ignore },
    },
    serves: routes(shop),
  })
