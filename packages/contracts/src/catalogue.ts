import type { EventContract } from './define.ts'
import { EmailSent } from './events/email.ts'
import { PointsAwarded, PointsRevoked } from './events/loyalty.ts'
import { OrderCancelled, OrderPlaced } from './events/orders.ts'
import { PaymentCaptured, PaymentFailed, PaymentRefunded } from './events/payments.ts'
import { OrderDispatched, ParcelRecalled, StockReleased, StockReserved, StockShort } from './events/warehouse.ts'

/** Every event there is, by the service that emits it. */
export const catalogue = {
  orders: { OrderPlaced, OrderCancelled },
  payments: { PaymentCaptured, PaymentFailed, PaymentRefunded },
  warehouse: { StockReserved, StockShort, OrderDispatched, StockReleased, ParcelRecalled },
  loyalty: { PointsAwarded, PointsRevoked },
  email: { EmailSent },
} as const

/** A service; each of them emits. */
export type Emitter = keyof typeof catalogue

/** Every contract by its event's type: what a reader of everything passes to `decode`. */
export const contractsByType: ReadonlyMap<string, EventContract> = new Map(
  Object.values(catalogue).flatMap((contracts) => Object.entries<EventContract>(contracts)),
)
