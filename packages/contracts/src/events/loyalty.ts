import { z } from 'zod'
import { defineEvent } from '../define.ts'
import { CustomerId, OrderId, Points } from '../values.ts'

const schema = z.object({ orderId: OrderId, customerId: CustomerId, points: Points })
const example = { orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e', customerId: 'c-1', points: 34 }

export const PointsAwarded = defineEvent({
  emitter: 'loyalty',
  type: 'PointsAwarded',
  version: 1,
  description: `Loyalty emits this when a paid order was not stopped during its hold: the customer has these points. At most once per order. A
    cancel after the hold takes them back by a PointsRevoked. No service consumes it; a newsletter might.`,
  schema,
  example,
})

export const PointsRevoked = defineEvent({
  emitter: 'loyalty',
  type: 'PointsRevoked',
  version: 1,
  description: `Loyalty emits this when an order whose points were awarded is cancelled or refunded: the same points, taken back. At most once per
    order, and only after its PointsAwarded. No service consumes it.`,
  schema,
  example,
})
