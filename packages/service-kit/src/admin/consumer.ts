import type { Operators } from '@quadrille/messaging'
import { z } from 'zod'
import { type Guard, operatorOf } from '../guard.ts'
import type { App } from '../http.ts'
import { Because, MaybeWhy, operation, plain, possible } from './operation.ts'

const PauseView = z.object({ reason: z.string(), by: z.string(), since: z.string() }).nullable()

const ConsumerView = z
  .object({
    joined: z.boolean(),
    paused: PauseView.meta({ description: 'Every instance of the service, also those to come' }),
    lastProgressSeconds: z.int().meta({ description: 'Since a record was last finished' }),
    partitions: z.array(z.object({ topic: z.string(), partition: z.int() })),
  })
  .meta({ id: 'Consumer' })

const Resumed = ConsumerView.extend({ ended: PauseView.meta({ description: 'The pause that is over now; null where there was none' }) })

const Pause = z.strictObject({ reason: Because })

/** `/admin/consumer`: the service is paused as a whole, and stays so until resumed; the rest of the answer is about the instance asked. */
export function serveConsumer(app: App, { consumer }: Pick<Operators, 'consumer'>, ops: Guard): void {
  const response = { 200: ConsumerView }
  const look = operation('Does this instance consume, and is the service paused?', { response })
  app.get('/admin/consumer', { onRequest: ops, schema: look }, async () => plain(consumer.state()))

  const pause = operation('No instance consumes anything more, until resumed', { body: Pause, response })
  app.post('/admin/consumer/pause', { onRequest: ops, schema: pause }, async (request) => {
    await possible(consumer.pause(request.body.reason, operatorOf(request)))
    return plain(consumer.state())
  })

  const resume = operation('Every instance consumes again', { body: MaybeWhy, response: { 200: Resumed } })
  app.post('/admin/consumer/resume', { onRequest: ops, schema: resume }, async () => {
    const ended = await consumer.resume()
    return plain({ ...consumer.state(), ended })
  })
}
