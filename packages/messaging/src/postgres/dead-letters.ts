import type { Pool } from 'pg'
import type { Letter } from '../input.ts'
import { letterOf, type ParkedRecord } from './parked.ts'

export interface DeadLetterFilter {
  readonly orderId?: string
  readonly code?: string
  /** Only those still open; without it, also the redriven and discarded. */
  readonly open?: boolean
  readonly limit: number
}

/** A parked row as operators see it. */
export interface DeadLetter extends Letter {
  readonly error: string
  readonly parkedAt: Date
  readonly outcome: 'redriven' | 'discarded' | null
  readonly endedReason: string | null
  readonly endedAt: Date | null
}

export interface ParkedCount {
  readonly open: number
  readonly keys: number
  /** Of the open ones, how many with each code. */
  readonly codes: ReadonlyMap<string, number>
}

/** What operators ask about parked events; every change goes through a set. */
export interface DeadLetters {
  list(filter: DeadLetterFilter): Promise<DeadLetter[]>
  find(letterId: string): Promise<DeadLetter | undefined>
  count(): Promise<ParkedCount>
}

type Row = ParkedRecord & {
  error: string
  parked_at: Date
  outcome: DeadLetter['outcome']
  ended_reason: string | null
  ended_at: Date | null
}

export function createDeadLetters(pool: Pool, consumer: string): DeadLetters {
  const query = async (where: string, values: unknown[]) => {
    const { rows } = await pool.query<Row>(`select * from parked_events where consumer = $1 and ${where}`, [consumer, ...values])
    return rows.map(deadLetterOf)
  }
  return {
    list: ({ orderId, code, open, limit }) =>
      query(
        '($2::text is null or key = $2) and ($3::text is null or code = $3) and ($4::bool is null or (ended_at is null) = $4) order by seq limit $5',
        [orderId, code, open, limit],
      ),
    find: async (letterId) => (/^\d{1,18}$/.test(letterId) ? (await query('seq = $2', [letterId]))[0] : undefined),
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
})
