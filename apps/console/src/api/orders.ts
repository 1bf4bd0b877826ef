import { isOrderId } from '@quadrille/contracts'
import { HttpProblem, notFound, unavailable } from '@quadrille/service-kit'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { OrderDetails, OrderPage } from '../api-types.ts'
import { countsFound, eventsOf, standings, standingsOf, statuses } from '../model/look.ts'
import type { ReadModel } from '../model/read-model.ts'
import { rowOf } from './rows.ts'
import { isOperators } from './token.ts'

export interface OrdersOptions {
  readonly model: Pick<ReadModel, 'query' | 'counts'>
  readonly stuck: () => ReadonlySet<string> | undefined
  readonly tokens: readonly (string | undefined)[]
}

// More is no list to read any more; the dead letters have all of them.
const MOST_UNREAD = 100

const Query = z.strictObject({
  status: z.enum([...statuses, 'open', 'stuck']).optional(),
  search: z.string().trim().max(64).optional(),
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

/** Orders as the events tell them. */
export function serveOrders(app: FastifyInstance, { model, stuck, tokens }: OrdersOptions): void {
  async function countsOrAway() {
    const counts = await model.counts()
    if (!counts) throw unavailable("the console's database does not answer: GET /readyz?verbose tells why")
    return counts
  }
  app.get('/api/orders', async ({ query }): Promise<OrderPage> => {
    const asked = wellFormed(Query, query)
    const counts = await countsOrAway()
    const found = await standings(model, asked, [...(stuck() ?? [])])
    const next = found.length === asked.limit ? (found.at(-1)?.orderId ?? null) : null
    const known = asked.search ? await countsFound(model, asked.search, [...(stuck() ?? [])]) : { counts, stuck: stuck()?.size ?? null }
    const page = { rows: found.map((standing) => rowOf(standing, stuck())), next, ...known }
    return asked.status === 'stuck' && !asked.search ? { ...page, unread: await unread() } : page
  })
  async function unread(): Promise<readonly string[]> {
    const all = [...(stuck() ?? [])]
    const read = new Set((all.length > 0 ? await standingsOf(model, all) : []).map(({ orderId }) => orderId))
    return all.filter((orderId) => !read.has(orderId)).slice(0, MOST_UNREAD)
  }

  app.get<{ Params: { id: string } }>('/api/orders/:id', async (request): Promise<OrderDetails> => {
    const orderId = knownId(request.params.id)
    await countsOrAway()
    const [standing] = await standingsOf(model, [orderId])
    if (!standing) throw notFound(`no event of order ${orderId} has been read`)
    return { row: rowOf(standing, stuck()), events: await eventsOf(model, standing, isOperators(request, tokens)) }
  })
}

export function knownId(id: string): string {
  if (isOrderId(id as unknown)) return id
  throw new HttpProblem(400, 'invalid-request', 'The request is not valid', { detail: `${id.slice(0, 64)} is no order id` })
}

function wellFormed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const errors = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new HttpProblem(400, 'invalid-request', 'The request is not valid', {
    detail: `see errors: ${errors.length} in the query`,
    more: { errors },
  })
}
