import type { StateStore } from '@quadrille/messaging'
import type { Reward } from './reward.ts'

// float8 holds every safe integer exactly, and pg reads it as a number; a bigint would come as text.
const LOAD = `
  select order_id as "orderId", status, paid, stop, customer_id as "customerId", points::float8 as points
  from rewards
  where order_id = any($1::uuid[])`

const SAVE = `
  insert into rewards (order_id, status, paid, stop, customer_id, points)
  select "orderId", status, paid, stop, "customerId", points
  from jsonb_to_recordset($1::jsonb) as reward("orderId" uuid, status text, paid boolean, stop boolean, "customerId" text, points bigint)
  on conflict (order_id) do update set
    status = excluded.status, paid = excluded.paid, stop = excluded.stop,
    customer_id = excluded.customer_id, points = excluded.points, changed_at = now()`

/** Orders are locked by the runtime's own row, so nothing is locked here. */
export const rewardStore = {
  async load(trx, orderIds) {
    const rewards = await trx.query<Reward>(LOAD, [orderIds])
    return new Map(rewards.map((reward) => [reward.orderId, reward]))
  },
  save: (trx, rewards) => trx.query(SAVE, [JSON.stringify(rewards)]),
} satisfies StateStore<Reward>
