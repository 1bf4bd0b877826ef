import { OrderId } from '@quadrille/contracts'
import type { Operators } from '@quadrille/messaging'
import { z } from 'zod'
import type { Guard } from '../guard.ts'
import type { App } from '../http.ts'
import { EffectView } from './effects.ts'
import { operation, plain } from './operation.ts'

const text = z.string().nullable()
const event = { eventId: z.string(), topic: z.string() }
const Handled = z.object({ ...event, type: text, partition: z.int(), offset: z.string(), at: z.string() })
const Emitted = z.object({
  ...event,
  type: z.string(),
  sequence: z.int(),
  createdAt: z.string(),
  publishedAt: text,
  parked: text.meta({ description: 'Why the relay has set it aside' }),
  causationId: text,
  traceparent: text,
})
const Letter = z.object({
  id: z.string(),
  eventId: z.string(),
  code: z.string(),
  error: z.string(),
  status: z.enum(['open', 'redriven', 'discarded']),
  type: text,
  effectKey: text,
})

const OrderRecordView = z
  .object({
    orderId: z.string(),
    known: z.boolean(),
    sequence: z.int().meta({ description: 'How many events it has emitted for the order, those that retention has removed too' }),
    parked: z.boolean(),
    parkedReason: text,
    parkedSince: text,
    handled: z.array(Handled).meta({ description: 'Events that were taken: handled, or parked' }),
    emitted: z.array(Emitted),
    effects: z.array(EffectView),
    letters: z.array(Letter),
    waits: z.array(z.string()).meta({ description: 'Why it goes no further here, in words' }),
  })
  .meta({ id: 'OrderRecord' })

/** `/admin/orders/:id`: everything that this service has of an order; one it has not heard of is an answer, too. */
export function serveOrderRecords(app: App, { order }: Pick<Operators, 'order'>, ops: Guard): void {
  const params = z.strictObject({ id: OrderId })
  const schema = operation('All that this service has of an order, and why it waits', { params, response: { 200: OrderRecordView } })
  app.get('/admin/orders/:id', { onRequest: ops, schema }, async ({ params: { id } }) => plain(await order(id)))
}
