import type { Operators } from '@quadrille/messaging'
import { z } from 'zod'
import type { Guard } from '../guard.ts'
import type { App } from '../http.ts'
import { operation, plain, RowId } from './operation.ts'

const AuditView = z
  .object({
    id: z.string(),
    at: z.string(),
    operator: z.string().meta({ description: 'As claimed in x-operator; the token is shared' }),
    ip: z.string().nullable(),
    action: z.string(),
    target: z.unknown(),
    request: z.unknown(),
    reason: z.string().nullable(),
    outcome: z
      .enum(['started', 'done', 'refused', 'failed', 'cancelled'])
      .meta({ description: '`started` and never ended: the process died meanwhile; `cancelled`: long work that an operator ended' }),
    status: z.int().nullable(),
    result: z.string().nullable().meta({ description: 'The beginning of the answer; at the end of long work, its counts' }),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'AuditRow' })

const Page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: RowId.optional().meta({ description: 'The id of the last row of the page before' }),
})

/** `/admin/audit`: every change that an operator made, and the end of each task, newest first. */
export function serveAudit(app: App, { audit }: Pick<Operators, 'audit'>, ops: Guard): void {
  const schema = operation('What operators changed, newest first', { querystring: Page, response: { 200: z.array(AuditView) } })
  app.get('/admin/audit', { onRequest: ops, schema }, async ({ query }) => plain(await audit.list(query)))
}
