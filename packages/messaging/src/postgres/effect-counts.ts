import type { Pool } from 'pg'

/** What there is to do, and what was refused, of one kind of effect. */
export interface EffectCount {
  readonly kind: string
  /** Due and not done; a timer whose time has not come does not wait. */
  readonly waiting: number
  readonly oldestAgeMs: number
  /** Refused by their provider, and nobody has decided yet. */
  readonly refused: number
}

// An effect that is tried again has its time moved by at most 30 s: it waits all the same. A timer may lie further ahead, and the
// index need not be read up to it. What is refused has an open letter, of which there are few, so `effects` is not searched for it.
const COUNT = `
  with waiting as (
    select kind, count(*)::int as waiting,
           extract(epoch from now() - min(least(run_at, first_started_at)))::float8 * 1000 as age
    from (select * from effects where status = 'due' and run_at <= now() + interval '30 s' order by run_at limit 100000) as soon
    where run_at <= now() or attempts > 0
    group by kind
  ), refused as (
    select kind, count(*)::int as refused from parked_events join effects on effects.key = effect_key
    where ended_at is null and origin = 'effect' and status = 'refused'
    group by kind
  )
  select kind, coalesce(waiting, 0) as waiting, greatest(coalesce(age, 0), 0) as "oldestAgeMs", coalesce(refused, 0) as refused
  from unnest($1::text[]) as declared (kind) full join waiting using (kind) full join refused using (kind)`

/** Every declared kind, and any other that is found. */
export async function countEffects(pool: Pool, kinds: readonly string[]): Promise<EffectCount[]> {
  return (await pool.query<EffectCount>(COUNT, [kinds])).rows
}
