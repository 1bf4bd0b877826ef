import { withClient } from '@quadrille/testing'
import { literal, type Script, UUID } from '../pgbench.ts'

/** The two rows of one order, as the real service has written them. */
export interface Sample {
  readonly items: string
  readonly payload: string
  readonly headers: string
}

export const sampleOf = (url: string) =>
  withClient(url, async (client) => {
    const sample =
      'select o.items::text as items, e.payload, e.headers::text as headers from orders o join outbox e on e.key = o.order_id::text limit 1'
    const { rows } = await client.query<Sample>(sample)
    if (!rows[0]) throw new Error('the service wrote no order that could be copied')
    return rows[0]
  })

const order = ({
  items,
}: Sample) => `insert into orders (order_id, status, correlation_id, customer_id, customer_email, items, total, currency, placed_at)
  values (${UUID}::uuid, 'placed', ${UUID}, 'c-1', 'ada@example.com', ${literal(items)}, 3470, 'EUR', now())`

const event = ({ payload, headers }: Sample) => `insert into outbox (event_id, topic, key, sequence, payload, headers)
  values (${UUID}::uuid, 'orders.v1', ${UUID}, 1, ${literal(payload)}, ${literal(headers)})`

/** Four messages and a commit, as nearly every service does it. */
export const fourMessages = (sample: Sample): Script => ['begin', order(sample), event(sample), 'end']

/** The same two rows in one trip. */
export const oneStatement = (sample: Sample): Script => [`with placed as (${order(sample)}) ${event(sample)}`]
