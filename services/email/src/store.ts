import type { StateStore } from '@quadrille/messaging'
import type { Correspondence } from './correspondence.ts'

const LOAD = `
  select order_id as "orderId", address, "order", coalesce(mails.mails, '[]') as mails
  from correspondence
  left join lateral (
    select jsonb_agg(jsonb_build_object(
      'fact', fact, 'status', status, 'about', about, 'messageId', message_id,
      'sentAt', to_char(sent_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by position) as mails
    from mails
    where mails.order_id = correspondence.order_id
  ) mails on true
  where order_id = any($1::uuid[])`

// Two tables, one statement: both parts see the same rows, and neither reads what the other writes.
const SAVE = `
  with told as (
    select *
    from jsonb_to_recordset($1::jsonb) as told("orderId" uuid, address text, "order" jsonb, mails jsonb)
  ), saved as (
    insert into correspondence (order_id, address, "order")
    select "orderId", address, "order" from told
    on conflict (order_id) do update set address = excluded.address, "order" = excluded."order", changed_at = now()
  )
  insert into mails (order_id, fact, position, status, about, message_id, sent_at)
  select "orderId", mail ->> 'fact', position, mail ->> 'status', mail -> 'about', mail ->> 'messageId', (mail ->> 'sentAt')::timestamptz
  from told cross join jsonb_array_elements(mails) with ordinality as one(mail, position)
  on conflict (order_id, fact) do update set
    status = excluded.status, message_id = excluded.message_id, sent_at = excluded.sent_at
    where mails.status <> excluded.status`

/** Orders are locked by the runtime's own row, so nothing is locked here. */
export const correspondenceStore = {
  async load(trx, orderIds) {
    const correspondence = await trx.query<Correspondence>(LOAD, [orderIds])
    return new Map(correspondence.map((one) => [one.orderId, one]))
  },
  save: (trx, correspondence) => trx.query(SAVE, [JSON.stringify(correspondence)]),
} satisfies StateStore<Correspondence>
