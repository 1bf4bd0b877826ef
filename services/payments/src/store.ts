import type { StateStore } from '@quadrille/messaging'
import type { Payment } from './payment.ts'

// float8 holds every safe integer exactly, and pg reads it as a number; a bigint would come as text.
const LOAD = `
  select order_id as "orderId", status, stop, amount::float8 as amount, currency,
         charge_id as "chargeId", refund_id as "refundId", reason
  from payments
  where order_id = any($1::uuid[])`

const SAVE = `
  insert into payments (order_id, status, stop, amount, currency, charge_id, refund_id, reason)
  select "orderId", status, stop, amount, currency, "chargeId", "refundId", reason
  from jsonb_to_recordset($1::jsonb) as payment("orderId" uuid, status text, stop boolean, amount bigint, currency text,
                                                "chargeId" text, "refundId" text, reason text)
  on conflict (order_id) do update set
    status = excluded.status, stop = excluded.stop, amount = excluded.amount, currency = excluded.currency,
    charge_id = excluded.charge_id, refund_id = excluded.refund_id, reason = excluded.reason, changed_at = now()`

/** Orders are locked by the runtime's own row, so nothing is locked here. */
export const paymentsStore = {
  async load(trx, orderIds) {
    const payments = await trx.query<Payment>(LOAD, [orderIds])
    return new Map(payments.map((payment) => [payment.orderId, payment]))
  },
  save: (trx, payments) => trx.query(SAVE, [JSON.stringify(payments)]),
} satisfies StateStore<Payment>
