import { Reason as ReasonText } from '@quadrille/contracts'
import { codeOf, type Runtime } from '@quadrille/messaging'
import { z } from 'zod'
import type { Guard } from './guard.ts'
import type { App } from './http.ts'
import { LetterView, letterView } from './letter-view.ts'
import { HttpProblem, notFound } from './problem.ts'

const MOST_LETTERS = 500

const Filter = z.strictObject({
  orderId: z.string().optional(),
  code: z.string().optional(),
  open: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_LETTERS).default(100),
})
const LetterId = z.strictObject({ id: z.string().regex(/^\d{1,18}$/, 'must be the id of a dead letter') })
const Reason = z.strictObject({ reason: z.string().trim().pipe(ReasonText) })
const Left = z.object({ open: z.int().meta({ description: 'Letters of the same order that are still open' }) })

/** What the operators' API needs of the runtime. */
export type Redriver = Pick<Runtime, 'redrive' | 'discard' | 'deadLetters'>

/** `/admin/dead-letters`: list, redrive, discard. Listed in the order they were parked, so what waits stands behind its cause. */
export function serveDeadLetters(app: App, runtime: Redriver, ops: Guard): void {
  const guarded = { tags: ['operators'], security: [{ operator: [] }] }

  const list = { ...guarded, summary: 'Dead letters, oldest first', querystring: Filter, response: { 200: z.array(LetterView) } }
  app.get('/admin/dead-letters', { onRequest: ops, schema: list }, async ({ query: { open, ...filter } }) => {
    const letters = await runtime.deadLetters.list({ ...filter, ...(open && { open: open === 'true' }) })
    return letters.map(letterView)
  })

  const redrive = { ...guarded, summary: "Fold the order's parked events again, in order", params: LetterId, response: { 200: Left } }
  app.post('/admin/dead-letters/:id/redrive', { onRequest: ops, schema: redrive }, async ({ params: { id } }) =>
    found(id, await possible(runtime.redrive(id))),
  )

  const discard = { ...guarded, summary: 'Close a letter unhandled', params: LetterId, body: Reason, response: { 200: Left } }
  app.post('/admin/dead-letters/:id/discard', { onRequest: ops, schema: discard }, async ({ params: { id }, body: { reason } }) =>
    found(id, await possible(runtime.discard(id, reason))),
  )
}

function found<T>(id: string, result: T | undefined): T {
  if (result === undefined) throw notFound(`no dead letter ${id}`)
  return result
}

/** What the database still refuses is the operator's to know, and no fault of the service. */
const possible = <T>(redriven: Promise<T>): Promise<T> =>
  redriven.catch((cause: Error) => {
    if (codeOf(cause) !== 'REDRIVE_REFUSED') throw cause
    throw new HttpProblem(409, 'redrive-refused', 'The order cannot be redriven yet', { detail: cause.message, cause })
  })
