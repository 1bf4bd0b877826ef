import type { Pool } from 'pg'

/** Rows of a service's own table that are of no use after some days; `by` is their time, with a B-tree index on it. */
export interface Forgettable {
  readonly table: string
  readonly by: string
  readonly days: number
}

/** Removes rows that are old enough, at most `most` of them, and tells how many. */
export type Forget = (days: number, most: number) => Promise<number>

/**
 * Published rows by their id, since ids and times of publishing rise together: an index by `published_at` would cost the relay an
 * entry a row. Where many low ids were published late, all wait until those are old as well. A row set aside stays, whatever its age.
 */
const FORGET_PUBLISHED = `
  delete from outbox where ctid = any (array(
    select ctid from (
      select ctid, published_at from outbox
      where published_at is not null and id <> all (array(select outbox_id from outbox_parked)) order by id limit $2
    ) as oldest where published_at < now() - $1 * interval '1 day'))`

/** A row that a set holds just now is left for the next time: it may be about to become young again. */
const forgetOldest = ({ table, by }: Pick<Forgettable, 'table' | 'by'>) => `
  delete from ${table} where ctid = any (array(
    select ctid from ${table} where ${by} < now() - $1 * interval '1 day' order by ${by} limit $2 for update skip locked))`

const forgetBy =
  (pool: Pool, statement: string): Forget =>
  async (days, most) =>
    (await pool.query(statement, [days, most])).rowCount ?? 0

export const forgetPublished = (pool: Pool) => forgetBy(pool, FORGET_PUBLISHED)

export const forgetClaims = (pool: Pool) => forgetBy(pool, forgetOldest({ table: 'processed_events', by: 'at' }))

export const forgetRows = (pool: Pool, rows: Forgettable) => forgetBy(pool, forgetOldest(rows))
