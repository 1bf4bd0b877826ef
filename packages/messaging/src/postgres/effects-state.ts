import type { Pool } from 'pg'

export type EffectStatus = 'due' | 'done' | 'void' | 'refused'

/** An effect as operators see it; its payload may be personal and stays where it is. */
export interface EffectState {
  readonly key: string
  readonly kind: string
  readonly orderId: string
  readonly status: EffectStatus
  readonly attempts: number
  readonly runAt: Date
  readonly firstStartedAt: Date | null
  readonly leasedUntil: Date | null
  readonly lastError: string | null
  readonly doneAt: Date | null
}

export interface EffectFilter {
  readonly status?: EffectStatus
  readonly kind?: string
  readonly orderId?: string
  readonly limit: number
}

const EFFECT = `
  key, kind, order_id as "orderId", status, attempts, run_at as "runAt", first_started_at as "firstStartedAt",
  leased_until as "leasedUntil", last_error as "lastError", done_at as "doneAt"`

// Each from an index: effects are kept for ever, and a look must not read them all. A refused one whose letter was discarded is over.
const SOURCES = {
  order: 'select * from effects where order_id = $1',
  due: `select * from effects where status = 'due' and $1::text is null`,
  refused: `select effects.* from parked_events join effects on effects.key = effect_key
            where ended_at is null and origin = 'effect' and status = 'refused' and $1::text is null`,
}

function sourceOf({ status, orderId }: EffectFilter): string {
  if (orderId !== undefined) return SOURCES.order
  if (status === 'due') return SOURCES.due
  return status === 'refused' ? SOURCES.refused : `${SOURCES.due} union all ${SOURCES.refused}`
}

/** By when they are due. Without an order: only those that are not over. */
export async function listEffects(pool: Pool, filter: EffectFilter): Promise<EffectState[]> {
  const { rows } = await pool.query<EffectState>(
    `select ${EFFECT} from (${sourceOf(filter)}) as found
     where ($2::text is null or status = $2) and ($3::text is null or kind = $3) order by run_at, key limit $4`,
    [filter.orderId ?? null, filter.status ?? null, filter.kind ?? null, filter.limit],
  )
  return rows
}

export async function findEffect(pool: Pool, key: string): Promise<EffectState | undefined> {
  return (await pool.query<EffectState>(`select ${EFFECT} from effects where key = $1`, [key])).rows[0]
}

/** Ends the wait for another attempt. One that is under way, or whose time has not come, is left alone: a hold is not shortened. */
export async function hasten(pool: Pool, key: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with asked as (select key, status from effects where key = $1 for update)
     update effects e set run_at = now() from asked
     where e.key = asked.key and asked.status = 'due' and (leased_until is null or leased_until < now()) and (attempts > 0 or run_at <= now())`,
    [key],
  )
  return rowCount === 1
}
