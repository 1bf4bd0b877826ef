import type { Trx } from '../definition.ts'
import type { OutboxEvent, OutboxLetter } from '../store.ts'
import { encodeHeaders } from './raw-headers.ts'

/** Appends events in the order they were decided and counts them in their order's stream; unique(topic, key, sequence) proves the count. */
export function appendEvents(trx: Trx, events: readonly OutboxEvent[], sequences: ReadonlyMap<string, number>) {
  return trx.query(
    `with counted as (
       update streams s set sequence = n.sequence from unnest($1::text[], $2::int[]) as n (order_id, sequence)
       where s.order_id = n.order_id and s.order_id = any ($1)
     )
     insert into outbox (event_id, topic, key, sequence, payload, headers)
     select event_id, topic, key, sequence, payload, headers
     from unnest($3::uuid[], $4::text[], $5::text[], $6::int[], $7::text[], $8::jsonb[])
          with ordinality as e (event_id, topic, key, sequence, payload, headers, place) order by place`,
    [
      [...sequences.keys()],
      [...sequences.values()],
      events.map(({ id }) => id),
      events.map(({ topic }) => topic),
      events.map(({ key }) => key),
      events.map(({ sequence }) => sequence),
      events.map(({ value }) => value),
      events.map(({ headers }) => JSON.stringify(headers)),
    ],
  )
}

/** Dead letters go out by the outbox as well, as raw bytes. */
export function appendLetters(trx: Trx, letters: readonly OutboxLetter[]) {
  return trx.query(
    `insert into outbox (event_id, topic, raw_key, raw_value, raw_headers)
     select * from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[])`,
    [
      letters.map(({ id }) => id),
      letters.map(({ topic }) => topic),
      letters.map(({ message }) => message.key),
      letters.map(({ message }) => message.value),
      letters.map(({ message }) => encodeHeaders(message.headers)),
    ],
  )
}
