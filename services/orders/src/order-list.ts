import type { Trx } from '@quadrille/messaging'
import type { App, Guard } from '@quadrille/service-kit'
import { z } from 'zod'
import { ends, type OrderView, statuses } from './view.ts'

const MOST_ORDERS = 100

const OrderQuery = z.strictObject({
  open: z.literal('true').optional().meta({ description: 'Only those that have not ended' }),
  short: z
    .string()
    .regex(/^[0-9a-f]{8}$/i, 'must be the last 8 characters of an order id, such as 970A4F6C')
    .optional()
    .meta({ description: 'The short number that mails show: the end of the id' }),
  limit: z.coerce.number().int().min(1).max(MOST_ORDERS).default(20),
})
type OrderQuery = z.output<typeof OrderQuery>

const Listed = z.object({
  orderId: z.uuid(),
  status: z.enum(statuses),
  placedAt: z.iso.datetime(),
  total: z.object({ amount: z.int().meta({ description: 'In minor units (cents)' }), currency: z.string() }),
})

const OrderList = z
  .object({
    orders: z.array(Listed),
    counts: z.record(z.enum(statuses), z.int()).optional().meta({ description: 'Of all orders; not beside `short`, which asks for one' }),
  })
  .meta({ id: 'OrderList' })
type OrderList = z.output<typeof OrderList>
type Counts = NonNullable<OrderList['counts']>

/** For operators: which orders have not ended, and whose is the short number of a mail. */
export function listing(app: App, running: Trx, ops: Guard): void {
  const schema = {
    summary: 'Orders, oldest first',
    security: [{ operator: [] }],
    querystring: OrderQuery,
    response: { 200: OrderList },
  }
  app.get('/admin/orders', { schema, onRequest: ops }, async ({ query }) => {
    const [orders, counts] = await Promise.all([listed(running, query), query.short ? undefined : counted(running)])
    return { orders, counts }
  })
}

type Row = Pick<OrderView, 'orderId' | 'status' | 'total' | 'currency'> & { readonly placedAt: Date }

async function listed(trx: Trx, query: OrderQuery): Promise<OrderList['orders']> {
  const { text, values } = listOf(query)
  const rows = await trx.query<Row>(text, values)
  return rows.map(({ total, currency, placedAt, ...order }) => ({
    ...order,
    placedAt: placedAt.toISOString(),
    total: { amount: total, currency },
  }))
}

const OPEN = `status in (${statuses.flatMap((status) => (ends.includes(status) ? [] : `'${status}'`)).join(', ')})`

/**
 * Ids are UUIDv7, so they stand in the order in which orders were placed. `open` and `short` read every order, 0.7 s for a million:
 * indexes for them made each order write 38 % more WAL to its table, and ended heap-only updates.
 */
function listOf({ open, short, limit }: OrderQuery) {
  const wanted = [...(open ? [OPEN] : []), ...(short === undefined ? [] : ['right(order_id::text, 8) = $2'])]
  const text = `
    select order_id as "orderId", status, total::float8 as total, currency, placed_at as "placedAt"
    from orders ${wanted.length > 0 ? `where ${wanted.join(' and ')}` : ''}
    order by order_id
    limit $1`
  return { text, values: [limit, ...(short === undefined ? [] : [short.toLowerCase()])] }
}

/** Reads every order: 0.3 s for a million. */
async function counted(trx: Trx): Promise<Counts> {
  const rows = await trx.query<{ status: OrderView['status']; orders: number }>(
    'select status, count(*)::int as orders from orders group by status',
  )
  const none = Object.fromEntries(statuses.map((status) => [status, 0])) as Counts
  return { ...none, ...Object.fromEntries(rows.map(({ status, orders }) => [status, orders])) }
}
