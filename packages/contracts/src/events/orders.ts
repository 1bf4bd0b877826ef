import { z } from 'zod'
import { defineEvent } from '../define.ts'
import { Campaign, Currency, CustomerId, Email, Money, OrderId, PaymentToken, ProductName, Quantity, Reason, Sku } from '../values.ts'

export const OrderPlaced = defineEvent({
  emitter: 'orders',
  type: 'OrderPlaced',
  version: 1,
  description: `Orders emits this once for every order it answered with 201, in the same transaction; it is the first event of every
    order's journey. Prices and total are fixed here, by the shop and never by the client, and no later event changes them.
    Payments charges the card, warehouse reserves the stock, loyalty learns who may earn points, email learns where to write.`,
  schema: z.object({
    orderId: OrderId,
    customer: z.object({ id: CustomerId, email: Email }),
    items: z
      .array(z.object({ sku: Sku, name: ProductName, quantity: Quantity, price: Money }))
      .min(1)
      .max(50),
    total: Money,
    currency: Currency,
    paymentToken: PaymentToken,
    campaign: Campaign.optional(),
  }),
  example: {
    orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e',
    customer: { id: 'c-1', email: 'ada@example.com' },
    items: [
      { sku: 'mug-blue', name: 'Enamel mug, blue', quantity: 2, price: 1290 },
      { sku: 'tea-assam', name: 'Assam tea, 250 g', quantity: 1, price: 890 },
    ],
    total: 3470,
    currency: 'EUR',
    paymentToken: 'tok_ok',
    campaign: 'spring',
  },
})

export const OrderCancelled = defineEvent({
  emitter: 'orders',
  type: 'OrderCancelled',
  version: 1,
  description: `Orders emits this when it accepts a cancel: the customer's, within the cancel window, or an operator's, at any time. It is
    final, and it wins over every other fact, dispatch included. An operator may cancel again what has ended already, so a second one may
    follow: readers absorb it. Payments refunds what was captured, warehouse releases the stock or recalls the parcel, loyalty
    revokes the points, email tells the customer.`,
  schema: z.object({ orderId: OrderId, by: z.enum(['customer', 'operator']), reason: Reason.optional() }),
  example: { orderId: '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e', by: 'customer', reason: 'ordered twice' },
})
