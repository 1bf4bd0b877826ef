import { CustomerId, OrderId, Points } from '@quadrille/contracts'
import type { Routes } from '@quadrille/service-kit'
import { z } from 'zod'

const Award = z.object({ orderId: OrderId, points: Points, status: z.enum(['holding', 'awarded', 'revoked']) })
const Account = z.object({
  customerId: CustomerId,
  points: Points.meta({ description: 'All awarded points, also of orders not listed here.' }),
  awards: z.array(Award).meta({ description: 'The newest 100 orders that points were held for.' }),
})

// The sum is made before the limit is applied. An order's id grows with time.
const ACCOUNT = `
  select order_id as "orderId", status, points::float8 as points,
         coalesce(sum(points) filter (where status = 'awarded') over (), 0)::float8 as total
  from rewards
  where customer_id = $1 and status in ('holding', 'awarded', 'revoked')
  order by order_id desc
  limit 100`

type Row = z.output<typeof Award> & { readonly total: number }

export const routes = ((app, { query }) => {
  app.get(
    '/customers/:id/points',
    {
      schema: {
        summary: "A customer's points; 0 for one who never ordered",
        params: z.object({ id: CustomerId }),
        response: { 200: Account },
      },
    },
    async ({ params: { id } }) => {
      const rows = await query<Row>(ACCOUNT, [id])
      return { customerId: id, points: rows[0]?.total ?? 0, awards: rows.map(({ total, ...award }) => award) }
    },
  )
}) satisfies Routes
