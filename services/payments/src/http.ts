import { OrderId } from '@quadrille/contracts'
import { notFound, type Routes } from '@quadrille/service-kit'
import { z } from 'zod'
import type { Payment } from './payment.ts'
import { paymentsStore } from './store.ts'

const PaymentView = z
  .object({
    orderId: z.uuid(),
    status: z.enum(['new', 'charging', 'captured', 'failed', 'refunding', 'refunded', 'void']),
    stopped: z.boolean().meta({ description: 'Cancelled or out of stock: what was captured goes back' }),
    amount: z.int().optional().meta({ description: 'In minor units (cents)' }),
    currency: z.string().optional(),
    chargeId: z.string().optional(),
    refundId: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Payment' })

const schema = { summary: "An order's payment", params: z.object({ orderId: OrderId }), response: { 200: PaymentView } }

export const routes = ((app, running) => {
  app.get('/payments/:orderId', { schema }, async ({ params: { orderId } }) => {
    const payment = (await paymentsStore.load(running, [orderId])).get(orderId)
    if (!payment) throw notFound(`payments has not heard of order ${orderId}`)
    return viewOf(payment)
  })
}) satisfies Routes

const viewOf = ({ orderId, status, stop, ...facts }: Payment): z.infer<typeof PaymentView> => ({
  orderId,
  status,
  stopped: stop,
  ...Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== null)),
})
