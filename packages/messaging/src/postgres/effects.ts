import type { Pool } from 'pg'
import type { OrderFact, StateStore, Trx } from '../definition.ts'
import type { EffectStore } from '../effects.ts'
import { attemptOf, type StartedEffect } from '../input.ts'
import type { EndedEffect, EnqueuedEffect } from '../store.ts'
import { eachAlone } from './transaction.ts'

/** Keys are natural and kept for ever: an effect asked for twice is stored, and done, once. */
export function enqueue(trx: Trx, effects: readonly EnqueuedEffect[]) {
  return trx.query(
    `insert into effects (key, kind, order_id, payload, causation_id, correlation_id, traceparent, run_at)
     select key, kind, order_id, payload, causation_id, correlation_id, traceparent, now() + delay_ms * interval '1 ms'
     from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::text[], $7::text[], $8::float8[])
          as e (key, kind, order_id, payload, causation_id, correlation_id, traceparent, delay_ms)
     order by key on conflict (key) do nothing`,
    [
      effects.map(({ key }) => key),
      effects.map(({ kind }) => kind),
      effects.map(({ payload }) => payload.orderId),
      effects.map(({ payload }) => JSON.stringify(payload)),
      effects.map(({ cause }) => cause.causationId ?? null),
      effects.map(({ cause }) => cause.correlationId ?? null),
      effects.map(({ cause }) => cause.traceparent ?? null),
      effects.map(({ delayMs }) => delayMs),
    ],
  )
}

/** Which attempts still hold their effect: whoever took it over has raised `attempts`. Found by their keys, not among all that is due. */
export async function fence(trx: Trx, attempts: readonly { key: string; attempt: number }[]): Promise<Set<string>> {
  if (attempts.length === 0) return new Set()
  const rows = await trx.query<{ key: string; attempt: number; status: string }>(
    `select key, attempts as attempt, status from effects where key = any ($1) order by key for update`,
    [attempts.map(({ key }) => key)],
  )
  const asked = new Set(attempts.map(attemptOf))
  const due = rows.filter(({ status }) => status === 'due')
  return new Set(due.map(attemptOf).filter((attempt) => asked.has(attempt)))
}

export function end(trx: Trx, ended: readonly EndedEffect[]) {
  return trx.query(
    `update effects e set status = n.status, last_error = n.error, leased_until = null, done_at = now()
     from unnest($1::text[], $2::int[], $3::text[], $4::text[]) as n (key, attempts, status, error)
     where e.key = n.key and e.key = any ($1) and e.attempts = n.attempts`,
    [
      ended.map(({ key }) => key),
      ended.map(({ attempt }) => attempt),
      ended.map(({ status }) => status),
      ended.map(({ error }) => error ?? null),
    ],
  )
}

/** Refused effects that an operator wants tried again. */
export function makeDue(trx: Trx, keys: readonly string[]) {
  return trx.query(`update effects set status = 'due', run_at = now(), done_at = null where key = any ($1) and status = 'refused'`, [keys])
}

interface Claimed {
  key: string
  kind: string
  order_id: string
  payload: OrderFact
  attempts: number
  first_started_at: Date | null
  causation_id: string | null
  correlation_id: string | null
  traceparent: string | null
}

const started = (row: Claimed): StartedEffect => ({
  key: row.key,
  kind: row.kind,
  orderId: row.order_id,
  payload: row.payload,
  attempt: row.attempts,
  again: row.first_started_at !== null,
  cause: {
    causationId: row.causation_id ?? undefined,
    correlationId: row.correlation_id ?? undefined,
    traceparent: row.traceparent ?? undefined,
  },
})

/** The runner's side of the effects table. Every statement is a transaction of its own: none is open while the world is asked. */
export function createEffectStore<State>(pool: Pool, states: StateStore<State>): EffectStore<State> {
  const trx = eachAlone(pool)
  return {
    claim: async (limit, leaseMs, except) =>
      (
        await trx.query<Claimed>(
          `update effects set attempts = attempts + 1, leased_until = now() + $2 * interval '1 ms'
           where key = any (array(
             select key from effects where status = 'due' and run_at <= now() and (leased_until is null or leased_until < now()) and key <> all ($3)
             order by run_at limit $1 for update skip locked))
           returning key, kind, order_id, payload, attempts, first_started_at, causation_id, correlation_id, traceparent`,
          [limit, leaseMs, except],
        )
      ).map(started),
    start: (attempts) => changeHeld(trx, attempts, 'first_started_at = coalesce(e.first_started_at, now())'),
    renew: (attempts, leaseMs) => changeHeld(trx, attempts, "leased_until = now() + $3 * interval '1 ms'", leaseMs),
    retry: async ({ error, delayMs, ...failed }) => {
      await changeHeld(trx, [failed], "run_at = now() + $3 * interval '1 ms', leased_until = null, last_error = $4", delayMs, error)
    },
    load: (orderIds) => states.load(trx, orderIds),
  }
}

/**
 * Locked in the order of keys, as sets lock them: else this and a set could each hold what the other wants. What is due is looked at behind
 * the keys: asked for beside them, all that is due was read to find these.
 */
async function changeHeld(
  trx: Trx,
  attempts: readonly { key: string; attempt: number }[],
  change: string,
  ...more: unknown[]
): Promise<ReadonlySet<string>> {
  const rows = await trx.query<{ key: string }>(
    `with held as (select key, attempts, status from effects where key = any ($1::text[]) order by key for update)
     update effects e set ${change} from held
     where e.key = held.key and e.key = any ($1) and held.status = 'due' and held.attempts = ($2::int[])[array_position($1, held.key)]
     returning e.key`,
    [attempts.map(({ key }) => key), attempts.map(({ attempt }) => attempt), ...more],
  )
  return new Set(rows.map(({ key }) => key))
}
