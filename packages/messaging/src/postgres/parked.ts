import type { Trx } from '../definition.ts'
import type { Letter } from '../input.ts'
import type { Changes, ParkedRow } from '../store.ts'
import { decodeHeaders, encodeHeaders } from './raw-headers.ts'

/** Parks events and refused effects, byte for byte. A row is unique for ever, so a replay adds none. */
export function park(trx: Trx, consumer: string, rows: readonly ParkedRow[]) {
  return trx.query(
    `insert into parked_events
       (consumer, key, event_id, topic, partition, "offset", "timestamp", raw_key, raw_value, raw_headers, origin, effect_key, code, error, attempts)
     select $1, key, event_id, topic, partition, "offset", "timestamp", raw_key, raw_value, raw_headers, origin, effect_key, code, error, attempts
     from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[],
                 $11::text[], $12::text[], $13::text[], $14::text[], $15::int[])
          with ordinality as p (key, event_id, topic, partition, "offset", "timestamp", raw_key, raw_value, raw_headers, origin, effect_key, code, error, attempts, place)
     order by place on conflict (consumer, event_id) do nothing`,
    [
      consumer,
      rows.map((row) => row.orderId),
      rows.map((row) => row.eventId),
      rows.map(({ message }) => message.topic),
      rows.map(({ message }) => message.partition),
      rows.map(({ message }) => message.offset),
      rows.map(({ message }) => message.timestamp),
      rows.map(({ message }) => message.key),
      rows.map(({ message }) => message.value),
      rows.map(({ message }) => encodeHeaders(message.headers)),
      rows.map((row) => row.origin),
      rows.map((row) => row.effectKey),
      rows.map((row) => row.code),
      rows.map((row) => row.error),
      rows.map((row) => row.attempts),
    ],
  )
}

export function failAgain(trx: Trx, failed: Changes['failedAgain']) {
  return trx.query(
    `update parked_events p set code = f.code, error = f.error, attempts = attempts + 1
     from unnest($1::bigint[], $2::text[], $3::text[]) as f (seq, code, error) where p.seq = f.seq and p.seq = any ($1)`,
    [failed.map(({ id }) => id), failed.map(({ code }) => code), failed.map(({ error }) => error)],
  )
}

export function close(trx: Trx, closed: Changes['closed']) {
  return trx.query(
    `update parked_events p set outcome = c.outcome, ended_reason = c.reason, ended_at = now()
     from unnest($1::bigint[], $2::text[], $3::text[]) as c (seq, outcome, reason) where p.seq = c.seq and p.seq = any ($1)`,
    [closed.map(({ id }) => id), closed.map(({ outcome }) => outcome), closed.map(({ reason }) => reason ?? null)],
  )
}

/** The columns of `parked_events` that a letter is made of. */
export interface ParkedRecord {
  seq: string
  key: string | null
  origin: 'event' | 'effect'
  event_id: string
  code: string
  attempts: number
  effect_key: string | null
  topic: string
  partition: number
  offset: string
  timestamp: string
  raw_key: Buffer | null
  raw_value: Buffer | null
  raw_headers: Buffer
}

/** Open letters of these orders, and those named by id, in the order they were parked. Two looks by an index: an `or` of both is read whole. */
export async function openLetters(
  trx: Trx,
  consumer: string,
  orderIds: readonly string[],
  letterIds: readonly string[],
): Promise<Letter[]> {
  const rows = await trx.query<ParkedRecord>(
    `select seq, key, origin, event_id, code, attempts, effect_key, topic, partition, "offset", "timestamp", raw_key, raw_value, raw_headers
     from parked_events
     where consumer = $1 and ended_at is null and seq = any (
       array(select seq from parked_events where consumer = $1 and ended_at is null and key = any ($2)) || $3::bigint[])
     order by seq`,
    [consumer, orderIds, letterIds],
  )
  return rows.map(letterOf)
}

export const letterOf = (row: ParkedRecord): Letter => ({
  id: row.seq,
  orderId: row.key,
  origin: row.origin,
  eventId: row.event_id,
  code: row.code,
  attempts: row.attempts,
  effectKey: row.effect_key,
  message: {
    topic: row.topic,
    partition: row.partition,
    offset: row.offset,
    timestamp: row.timestamp,
    key: row.raw_key,
    value: row.raw_value,
    headers: decodeHeaders(row.raw_headers),
  },
})
