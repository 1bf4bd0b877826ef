import { z } from 'zod'
import { defineEvent } from '../define.ts'
import { OrderId, Sku, StockLines, Tracking, Units } from '../values.ts'

const orderId = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
const items = [
  { sku: 'mug-blue', quantity: 2 },
  { sku: 'tea-assam', quantity: 1 },
]

export const StockReserved = defineEvent({
  emitter: 'warehouse',
  type: 'StockReserved',
  version: 1,
  description: `Warehouse emits this when it has set aside every unit of the order, each SKU once, lines added up: all or none, and never
    more than there is. The units stay with the order until it is dispatched or stopped. Nobody has to act on it; timelines show it.`,
  schema: z.object({ orderId: OrderId, items: StockLines }),
  example: { orderId, items },
})

export const StockShort = defineEvent({
  emitter: 'warehouse',
  type: 'StockShort',
  version: 1,
  description: `Warehouse emits this when it cannot set aside the whole order: it then holds none of it, and never tries again. The missing SKUs
    are named, with what was asked for and what was there. Orders ends the order as out_of_stock, payments refunds what it captured,
    email tells the customer.`,
  schema: z.object({
    orderId: OrderId,
    missing: z
      .array(z.object({ sku: Sku, requested: Units, available: z.int().nonnegative() }))
      .min(1)
      .max(50),
  }),
  example: { orderId, missing: [{ sku: 'teapot-raku', requested: 6, available: 5 }] },
})

export const OrderDispatched = defineEvent({
  emitter: 'warehouse',
  type: 'OrderDispatched',
  version: 1,
  description: `Warehouse emits this when the order is both paid and reserved and its parcel has left: at most once per order. Only a cancel can still
    follow, and then a ParcelRecalled. Orders marks the order dispatched, email sends the tracking number.`,
  schema: z.object({ orderId: OrderId, items: StockLines, tracking: Tracking }),
  example: { orderId, items, tracking: 'QD-4F6F0A1C' },
})

export const StockReleased = defineEvent({
  emitter: 'warehouse',
  type: 'StockReleased',
  version: 1,
  description: `Warehouse emits this when a reserved order was cancelled or its payment failed: the units it held are free for others again.
    At most once per order, after its StockReserved, for the same units. Nobody has to act on it; timelines show it.`,
  schema: z.object({ orderId: OrderId, items: StockLines }),
  example: { orderId, items },
})

export const ParcelRecalled = defineEvent({
  emitter: 'warehouse',
  type: 'ParcelRecalled',
  version: 1,
  description: `Warehouse emits this when a dispatched order was cancelled: the parcel is called back and its units count as on hand again. At most
    once per order, after its OrderDispatched, for the same parcel. Nobody has to act on it; timelines show it.`,
  schema: z.object({ orderId: OrderId, items: StockLines, tracking: Tracking }),
  example: { orderId, items, tracking: 'QD-4F6F0A1C' },
})
