import type { Trx } from '../definition.ts'
import type { EventInput, InvalidInput } from '../input.ts'
import type { Stream } from '../store.ts'
import { journalEntry } from './journal.ts'

/** Takes these events for the consumer. A parked event stays taken also when the inbox is pruned or emptied. */
export async function claim(
  trx: Trx,
  consumer: string,
  inputs: readonly (EventInput | InvalidInput)[],
  journal: boolean,
): Promise<Set<string>> {
  if (inputs.length === 0) return new Set()
  const kept = inputs.map((input) => (journal && input.kind === 'event' ? journalEntry(input) : undefined))
  const rows = await trx.query<{ event_id: string }>(
    `insert into processed_events (consumer, event_id, topic, partition, "offset", key, headers, payload)
     select $1, c.* from unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::jsonb[], $8::text[])
            as c (event_id, topic, partition, "offset", key, headers, payload)
     where event_id <> all (array(select p.event_id from parked_events p where p.consumer = $1 and p.event_id = any ($2)))
     order by c.event_id
     on conflict do nothing returning event_id`,
    [
      consumer,
      inputs.map(({ id }) => id),
      inputs.map(({ message }) => message.topic),
      inputs.map(({ message }) => message.partition),
      inputs.map(({ message }) => message.offset),
      inputs.map(({ orderId }) => orderId),
      kept.map((entry) => entry?.headers ?? null),
      kept.map((entry) => entry?.payload ?? null),
    ],
  )
  return new Set(rows.map((row) => row.event_id))
}

/**
 * Locks the orders, sorted. One statement is the lock (also of orders never seen: FOR UPDATE locks no missing row, and 650 of
 * 3,000 orders were lost so in an experiment), the sequence, and the parked check.
 */
export async function lock(trx: Trx, orderIds: readonly string[]): Promise<{ now: Date; streams: Map<string, Stream> }> {
  const rows = await trx.query<{ order_id: string; sequence: number; parked: boolean; now: Date }>(
    `insert into streams (order_id) select unnest($1::text[])
     on conflict (order_id) do update set sequence = streams.sequence
     returning order_id, sequence, parked, now()`,
    [orderIds],
  )
  return { now: rows[0]?.now ?? new Date(), streams: new Map(rows.map((row) => [row.order_id, row])) }
}

/** Parks orders (with a reason) and frees others (null). */
export function setParked(trx: Trx, streams: ReadonlyMap<string, string | null>) {
  return trx.query(
    `update streams s set parked = n.reason is not null, reason = n.reason,
            parked_since = case when n.reason is not null then coalesce(s.parked_since, now()) end
     from unnest($1::text[], $2::text[]) as n (order_id, reason)
     where s.order_id = n.order_id and s.order_id = any ($1)`,
    [[...streams.keys()], [...streams.values()]],
  )
}
