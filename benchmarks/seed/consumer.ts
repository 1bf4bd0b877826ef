import type { EachMessagePayload } from 'kafkajs'
import type { Pool } from 'pg'

/*
 * The consumer of most tutorials, for comparison only, and a good one: it knows an event again, in the same transaction as its effect.
 * One message, one transaction, four trips to the database; and its client commits an offset after every batch.
 */

const DEDUPE =
  'insert into processed_events (consumer, event_id, topic, partition, "offset", key) values ($1, $2, $3, $4, $5, $6) on conflict do nothing'
const EFFECT = `insert into effects (key, kind, order_id, payload, run_at) values ($1, 'remember', $2, $3, now() + interval '1 day')`

/** Handles one message; false if it came before. */
export async function handleOne(pool: Pool, { topic, partition, message }: EachMessagePayload): Promise<boolean> {
  const id = String(message.headers?.ce_id)
  const { orderId, total } = JSON.parse(String(message.value))
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rowCount } = await client.query(DEDUPE, ['seed', id, topic, partition, message.offset, orderId])
    if (rowCount === 1) await client.query(EFFECT, [`remember:${orderId}:${total}`, orderId, JSON.stringify({ orderId, nth: total })])
    await client.query('commit')
    return rowCount === 1
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
