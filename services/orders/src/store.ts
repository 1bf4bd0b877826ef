import type { StateStore } from '@quadrille/messaging'
import type { Order, Placed } from './order.ts'

// float8 holds every safe integer exactly, and pg reads it as a number; a bigint would come as text.
const LOAD = `
  select order_id as "orderId", status, correlation_id as "correlationId",
         json_build_object('id', customer_id, 'email', customer_email) as customer,
         items, total::float8 as total, currency, campaign, placed_at as "placedAt", refunded_at as "refundedAt"
  from orders
  where order_id = any($1::uuid[])`

const SAVE = `
  insert into orders (order_id, status, correlation_id, customer_id, customer_email, items, total, currency, campaign, placed_at, refunded_at)
  select "orderId", status, "correlationId", customer->>'id', customer->>'email', items, total, currency, campaign, "placedAt", "refundedAt"
  from jsonb_to_recordset($1::jsonb) as o("orderId" uuid, status text, "correlationId" text, customer jsonb, items jsonb, total bigint,
                                          currency text, campaign text, "placedAt" timestamptz, "refundedAt" timestamptz)
  on conflict (order_id) do update set status = excluded.status, refunded_at = excluded.refunded_at`

/** What was ordered never changes; only the status does. Orders are locked by the runtime's own row, so nothing is locked here. */
export const ordersStore = {
  async load(trx, orderIds) {
    const orders = await trx.query<Placed>(LOAD, [orderIds])
    return new Map<string, Order>(orders.map((order) => [order.orderId, order]))
  },
  save: (trx, orders) => trx.query(SAVE, [JSON.stringify(orders)]),
} satisfies StateStore<Order>
