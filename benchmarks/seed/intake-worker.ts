import type { AddressInfo } from 'node:net'
import { uuidv7 } from '@quadrille/messaging'
import Fastify from 'fastify'
import { Pool } from 'pg'
import { serve } from '../src/worker.ts'

/*
 * The intake of most tutorials, for comparison only: each request a transaction of its own, order and event in two statements.
 * It checks nothing of what it is sent, sets no price, knows no Idempotency-Key, and tells nobody what it does.
 */

const ORDER = `insert into orders (order_id, status, correlation_id, customer_id, customer_email, items, total, currency, placed_at)
  values ($1, 'placed', $2, $3, $4, $5, 3470, 'EUR', now())`
const EVENT = `insert into outbox (event_id, topic, key, sequence, payload, headers) values ($1, 'orders.v1', $2, 1, $3, $4)`

interface Asked {
  readonly customer: { readonly id: string; readonly email: string }
  readonly items: readonly object[]
}

async function place(pool: Pool, { customer, items }: Asked) {
  const [orderId, eventId] = [uuidv7(), uuidv7()]
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(ORDER, [orderId, eventId, customer.id, customer.email, JSON.stringify(items)])
    await client.query(EVENT, [eventId, orderId, JSON.stringify({ orderId, customer, items }), JSON.stringify({ ce_id: eventId })])
    await client.query('commit')
    return { orderId, status: 'placed' }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

serve({
  async listen(url: string): Promise<string> {
    const pool = new Pool({ connectionString: url, max: 10 }) // as many as the service has
    const app = Fastify()
    app.post<{ Body: Asked }>('/orders', async ({ body }, reply) => reply.code(201).send(await place(pool, body)))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  },
})
