import { z } from 'zod'

export const statuses = ['placed', 'paid', 'dispatched', 'payment_failed', 'out_of_stock', 'cancelled'] as const

/** An order as its customer may see it: no address, no payment token. */
export const OrderView = z
  .object({
    orderId: z.uuid(),
    status: z.enum(statuses),
    total: z.int().meta({ description: 'In minor units (cents)' }),
    currency: z.string(),
    customer: z.object({ id: z.string() }),
    items: z.array(z.object({ sku: z.string(), name: z.string(), quantity: z.int(), price: z.int() })),
    campaign: z.string().optional(),
    placedAt: z.iso.datetime(),
    refundedAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'Order' })
export type OrderView = z.infer<typeof OrderView>

/** Of an order that has come this far, nothing more is waited for. */
export const ends: readonly OrderView['status'][] = ['dispatched', 'payment_failed', 'out_of_stock', 'cancelled']
