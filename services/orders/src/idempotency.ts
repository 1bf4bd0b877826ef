import type { SharedStore } from '@quadrille/messaging'
import type { Order, PlaceOrder } from './order.ts'
import type { OrderView } from './view.ts'

/** What was answered under an Idempotency-Key of one customer. */
export interface Answer {
  readonly key: string
  /** Of the body: another one under the same key is refused. */
  readonly fingerprint: string
  readonly orderId: string
  readonly response: OrderView
}

/** Neither part can hold the separator, so no two pairs make one key. */
export const scopedKey = (customerId: string, key: string) => `${customerId}\u001f${key}`

/** How long an answer is given again; afterwards its key is new, and its row may go. */
export const forgottenAnswers = { table: 'idempotency', by: 'created_at', days: 7 }

// Locks keys that were never seen too, as FOR UPDATE would not: the second of two requests waits here for the first.
// A key that is forgotten may still have its row, which is then taken over.
const LOAD = `
  with locked as (
    insert into idempotency (key) select unnest($1::text[])
    on conflict (key) do update set key = excluded.key
    returning key, fingerprint, order_id, response, created_at
  )
  select key, fingerprint, order_id as "orderId", response
  from locked
  where response is not null and created_at > now() - interval '${forgottenAnswers.days} days'`

const SAVE = `
  insert into idempotency (key, fingerprint, order_id, response)
  select key, fingerprint, "orderId", response
  from jsonb_to_recordset($1::jsonb) as answer(key text, fingerprint text, "orderId" uuid, response jsonb)
  on conflict (key) do update set
    fingerprint = excluded.fingerprint, order_id = excluded.order_id, response = excluded.response, created_at = now()`

/** Keys come sorted from the runtime, so two sets never wait for one another in a ring. */
export const answers = {
  keys: (_order, { idempotency }: Partial<PlaceOrder>) => (idempotency ? [idempotency.key] : []),
  keyOf: ({ key }) => key,
  async load(trx, keys) {
    const known = await trx.query<Answer>(LOAD, [keys])
    return new Map(known.map((answer) => [answer.key, answer]))
  },
  save: (trx, given) => trx.query(SAVE, [JSON.stringify(given)]),
} satisfies SharedStore<Order, Answer>
