import type { Runtime } from '@quadrille/messaging'
import { z } from 'zod'
import type { Guard } from '../guard.ts'
import type { App } from '../http.ts'
import { notFound } from '../problem.ts'
import { Because, operation, plain, RowId } from './operation.ts'

const ParkedRow = z.object({
  id: z.string(),
  topic: z.string(),
  key: z.string().nullable(),
  eventId: z.string(),
  type: z.string().nullable(),
  reason: z.string().meta({ description: 'Why Kafka refuses it' }),
  parkedAt: z.string(),
  behind: z.int().meta({ description: 'Rows of the same key that wait for it' }),
})
const OutboxView = z
  .object({
    unsent: z.int().meta({ description: 'Rows that could be sent now; as of a second ago' }),
    oldestAgeSeconds: z.number(),
    lease: z.object({ owner: z.string(), until: z.string() }).nullable().meta({ description: 'The one instance that sends' }),
    parked: z.array(ParkedRow),
  })
  .meta({ id: 'Outbox' })

const params = z.strictObject({ id: RowId })
const body = z.strictObject({ reason: Because })

/** `/admin/outbox`: what waits for Kafka, who sends it, and what Kafka refuses. */
export function serveOutbox(app: App, runtime: Pick<Runtime, 'backlog' | 'operators'>, ops: Guard): void {
  const look = operation('What waits for Kafka', { response: { 200: OutboxView } })
  app.get('/admin/outbox', { onRequest: ops, schema: look }, async () => {
    const { unsent, oldestAgeMs } = runtime.backlog()
    return { unsent, oldestAgeSeconds: oldestAgeMs / 1_000, ...plain(await runtime.operators.outbox()) }
  })

  const release = operation('Send a refused row again, and what waits behind it', { params, body, response: { 200: ParkedRow } })
  app.post('/admin/outbox/parked/:id/release', { onRequest: ops, schema: release }, async ({ params: { id } }) => {
    const released = await runtime.operators.releaseParked(id)
    if (!released) throw notFound(`no row ${id} is set aside: GET /admin/outbox lists those that are`)
    return plain(released)
  })
}
