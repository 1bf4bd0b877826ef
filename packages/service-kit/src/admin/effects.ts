import type { Operators } from '@quadrille/messaging'
import { z } from 'zod'
import type { Guard } from '../guard.ts'
import type { App } from '../http.ts'
import { HttpProblem, notFound } from '../problem.ts'
import { Because, operation, plain, possible } from './operation.ts'

/** Without its payload, which may be personal. */
export const EffectView = z
  .object({
    key: z.string(),
    kind: z.string(),
    orderId: z.string(),
    status: z.enum(['due', 'done', 'void', 'refused']),
    attempts: z.int(),
    runAt: z.string(),
    firstStartedAt: z.string().nullable(),
    leasedUntil: z.string().nullable().meta({ description: 'While an attempt is under way' }),
    lastError: z.string().nullable(),
    doneAt: z.string().nullable(),
  })
  .meta({ id: 'Effect' })

const MOST_EFFECTS = 500

const Filter = z.strictObject({
  status: EffectView.shape.status.optional(),
  kind: z.string().optional(),
  orderId: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MOST_EFFECTS).default(100),
})
const Retry = z.strictObject({ key: z.string().min(1), reason: Because.optional() })

/** `/admin/effects`: what is still to be done outside, and what was refused. */
export function serveEffects(app: App, { effects, retryEffect }: Pick<Operators, 'effects' | 'retryEffect'>, ops: Guard): void {
  const list = operation('Effects that are due or refused, or all of one order', {
    querystring: Filter,
    response: { 200: z.array(EffectView) },
  })
  app.get('/admin/effects', { onRequest: ops, schema: list }, async ({ query }) => {
    if (query.orderId === undefined && (query.status === 'done' || query.status === 'void')) throw tooMany(query.status)
    return plain(await effects(query))
  })

  const retry = operation('Try a due or refused effect now', { body: Retry, response: { 200: EffectView } })
  app.post('/admin/effects/retry', { onRequest: ops, schema: retry }, async ({ body: { key } }) => {
    const effect = await possible(retryEffect(key))
    if (!effect) throw notFound(`no effect ${key}: GET /admin/effects lists those that are not over`)
    return plain(effect)
  })
}

const tooMany = (status: string) =>
  new HttpProblem(400, 'order-needed', 'Say of which order', {
    detail: `${status} effects are kept for ever, and found by order: add orderId`,
  })
