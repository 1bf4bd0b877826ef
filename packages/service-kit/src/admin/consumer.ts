import type { Operators } from '@quadrille/messaging'
import { z } from 'zod'
import type { Guard } from '../guard.ts'
import type { App } from '../http.ts'
import { Because, MaybeWhy, operation, plain } from './operation.ts'

const ConsumerView = z
  .object({
    joined: z.boolean(),
    paused: z.object({ reason: z.string(), since: z.string() }).nullable(),
    lastProgressSeconds: z.int().meta({ description: 'Since a record was last finished' }),
    partitions: z.array(z.object({ topic: z.string(), partition: z.int() })),
  })
  .meta({ id: 'Consumer' })

const Pause = z.strictObject({ reason: Because })

/** `/admin/consumer`: this instance alone. Paused, it stays a member of its group, and its partitions stand still. */
export function serveConsumer(app: App, { consumer }: Pick<Operators, 'consumer'>, ops: Guard): void {
  const response = { 200: ConsumerView }
  const look = operation('Does this instance consume?', { response })
  app.get('/admin/consumer', { onRequest: ops, schema: look }, async () => plain(consumer.state()))

  const pause = operation('Consume nothing more, until resumed or started again', { body: Pause, response })
  app.post('/admin/consumer/pause', { onRequest: ops, schema: pause }, async ({ body: { reason } }) => {
    consumer.pause(reason)
    return plain(consumer.state())
  })

  const resume = operation('Consume again', { body: MaybeWhy, response })
  app.post('/admin/consumer/resume', { onRequest: ops, schema: resume }, async () => {
    consumer.resume()
    return plain(consumer.state())
  })
}
