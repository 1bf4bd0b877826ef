import type { Pool } from 'pg'
import { claimedType } from '../letter.ts'
import { type EffectState, listEffects } from './effects-state.ts'
import { decodeHeaders } from './raw-headers.ts'

/** What one service has of one order, apart from its own state. */
export interface OrderRecord {
  readonly orderId: string
  /** Whether the runtime has ever met the order. */
  readonly known: boolean
  /** How many events it has emitted for the order, those that retention has removed too. */
  readonly sequence: number
  readonly parked: boolean
  readonly parkedReason: string | null
  readonly parkedSince: Date | null
  readonly handled: readonly HandledEvent[]
  readonly emitted: readonly EmittedEvent[]
  readonly effects: readonly EffectState[]
  readonly letters: readonly OrderLetter[]
}

/** An event that was taken: handled, or parked. */
export interface HandledEvent {
  readonly eventId: string
  /** Where the service keeps a journal. */
  readonly type: string | null
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly at: Date
}

export interface EmittedEvent {
  readonly eventId: string
  readonly type: string
  readonly topic: string
  readonly sequence: number
  readonly createdAt: Date
  readonly publishedAt: Date | null
  /** Why the relay has set it aside. */
  readonly parked: string | null
  readonly causationId: string | null
  readonly traceparent: string | null
}

export interface OrderLetter {
  readonly id: string
  readonly eventId: string
  readonly code: string
  readonly error: string
  readonly status: 'open' | 'redriven' | 'discarded'
  readonly type: string | null
  readonly effectKey: string | null
}

const STREAM = 'select sequence, parked, reason as "parkedReason", parked_since as "parkedSince" from streams where order_id = $1'

const HANDLED = `
  select event_id as "eventId", split_part(headers->>'ce_type', '.', 1) as type, topic, partition, "offset", at
  from processed_events where key = $1 and consumer = $2 order by at, event_id limit 1000`

const EMITTED = `
  select o.event_id as "eventId", split_part(headers->>'ce_type', '.', 1) as type, o.topic, sequence, created_at as "createdAt",
         published_at as "publishedAt", p.reason as parked, headers->>'ce_causationid' as "causationId", headers->>'traceparent' as traceparent
  from outbox o left join outbox_parked p on p.outbox_id = o.id where o.key = $1 and o.topic = $2 order by sequence limit 1000`

const LETTERS = `
  select seq as id, event_id as "eventId", code, error, coalesce(outcome, 'open') as status, effect_key as "effectKey", raw_headers
  from parked_events where key = $1 and consumer = $2 order by seq limit 1000`

/** One look at every table of the runtime, each by an index. */
export async function orderRecord(pool: Pool, service: { name: string; topic: string }, orderId: string): Promise<OrderRecord> {
  const [streams, handled, emitted, effects, letters] = await Promise.all([
    pool.query<Pick<OrderRecord, 'sequence' | 'parked' | 'parkedReason' | 'parkedSince'>>(STREAM, [orderId]),
    pool.query<HandledEvent>(HANDLED, [orderId, service.name]),
    pool.query<EmittedEvent>(EMITTED, [orderId, service.topic]),
    listEffects(pool, { orderId, limit: 1_000 }),
    pool.query<OrderLetter & { raw_headers: Buffer }>(LETTERS, [orderId, service.name]),
  ])
  const stream = streams.rows[0]
  return {
    ...{ orderId, known: stream !== undefined, sequence: 0, parked: false, parkedReason: null, parkedSince: null },
    ...stream,
    handled: handled.rows,
    emitted: emitted.rows,
    effects,
    letters: letters.rows.map(({ raw_headers, ...letter }) => ({ ...letter, type: claimedType({ headers: decodeHeaders(raw_headers) }) })),
  }
}
