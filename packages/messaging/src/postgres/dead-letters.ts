import type { Pool } from 'pg'
import { type Letter, WAITING } from '../input.ts'
import { letterOf, type ParkedRecord } from './parked.ts'

export interface DeadLetterFilter {
  readonly orderId?: string
  readonly code?: string
  /** Only those still open; without it, also the redriven and discarded. */
  readonly open?: boolean
  /** Only those parked after this one, for the next page. */
  readonly after?: string
  readonly limit: number
}

/** A parked row as operators see it. */
export interface DeadLetter extends Letter {
  readonly error: string
  readonly parkedAt: Date
  readonly outcome: 'redriven' | 'discarded' | null
  readonly endedReason: string | null
  readonly endedAt: Date | null
  /** Of the record's value, which a list leaves out where it is over 64 kB. */
  readonly valueBytes: number
}

/** The letters of one code: what an operator repairs and redrives together. */
export interface CodeSummary {
  readonly code: string
  readonly open: number
  readonly orders: number
  readonly firstSeen: Date
  readonly lastSeen: Date
}

export interface ParkedCount {
  readonly open: number
  readonly keys: number
  /** Of the open ones, how many with each code. */
  readonly codes: ReadonlyMap<string, number>
}

/** Which open letters: of one code, of one order, or all. */
export interface Selection {
  readonly code?: string
  readonly orderId?: string
  readonly all?: true
}

/** The letters that a task will end, by id. */
export interface Targets {
  readonly ids: readonly string[]
  readonly letters: number
  readonly orders: number
}

/** What operators ask about parked events; every change goes through a set. */
export interface DeadLetters {
  list(filter: DeadLetterFilter): Promise<DeadLetter[]>
  find(letterId: string): Promise<DeadLetter | undefined>
  count(): Promise<ParkedCount>
  /** Of the open ones, the most frequent code first. */
  summary(): Promise<CodeSummary[]>
  /** The first letter of each order, as a redrive takes all of an order; or all that are at fault, not those that only wait. At most 100,000. */
  targets(selection: Selection, each: 'order' | 'fault'): Promise<Targets>
}

type Row = ParkedRecord & {
  value_bytes: number
  error: string
  parked_at: Date
  outcome: DeadLetter['outcome']
  ended_reason: string | null
  ended_at: Date | null
}

const REST = `
  seq, key, origin, event_id, code, attempts, effect_key, topic, partition, "offset", "timestamp", raw_key, raw_headers, error, parked_at,
  outcome, ended_reason, ended_at, coalesce(octet_length(raw_value), 0) as value_bytes`
const WHOLE = `${REST}, raw_value`
const CUT = `${REST}, case when octet_length(raw_value) <= 65536 then raw_value end as raw_value`

const SUMMARY = `
  select code, count(*)::int as open, count(distinct key)::int as orders, min(parked_at) as "firstSeen", max(parked_at) as "lastSeen"
  from parked_events where consumer = $1 and ended_at is null group by code order by open desc, code`

const TARGETS = `
  select coalesce(array_agg(id::text order by id), '{}') as ids, coalesce(sum(letters), 0)::int as letters, count(distinct key)::int as orders
  from (
    select key, min(seq) as id, count(*) as letters from parked_events
    where consumer = $1 and ended_at is null and ($2::text is null or code = $2) and ($3::text is null or key = $3) and ($4 or code <> '${WAITING}')
    group by key, case when key is null or not $4 then seq end order by id limit 100000
  ) as chosen`

export function createDeadLetters(pool: Pool, consumer: string): DeadLetters {
  const query = async (columns: string, where: string, values: unknown[]) => {
    const { rows } = await pool.query<Row>(`select ${columns} from parked_events where consumer = $1 and ${where}`, [consumer, ...values])
    return rows.map(deadLetterOf)
  }
  return {
    list: ({ orderId, code, open, after, limit }) =>
      query(
        CUT,
        `($2::text is null or key = $2) and ($3::text is null or code = $3) and ($4::bool is null or (ended_at is null) = $4)
         and ($5::bigint is null or seq > $5) order by seq limit $6`,
        [orderId, code, open, after, limit],
      ),
    find: async (letterId) => (/^\d{1,18}$/.test(letterId) ? (await query(WHOLE, 'seq = $2', [letterId]))[0] : undefined),
    targets: async ({ code, orderId }, each) => (await pool.query<Targets>(TARGETS, [consumer, code, orderId, each === 'order'])).rows[0]!,
    summary: async () => (await pool.query<CodeSummary>(SUMMARY, [consumer])).rows,
    count: async () => {
      const { rows } = await pool.query<{ code: string | null; open: number; keys: number }>(
        `select code, count(*)::int as open, count(distinct key)::int as keys from parked_events
         where consumer = $1 and ended_at is null group by grouping sets ((), (code)) order by code nulls first`,
        [consumer],
      )
      const [total, ...byCode] = rows
      return { open: total!.open, keys: total!.keys, codes: new Map(byCode.map(({ code, open }) => [code!, open])) }
    },
  }
}

const deadLetterOf = (row: Row): DeadLetter => ({
  ...letterOf(row),
  error: row.error,
  parkedAt: row.parked_at,
  outcome: row.outcome,
  endedReason: row.ended_reason,
  endedAt: row.ended_at,
  valueBytes: row.value_bytes,
})
