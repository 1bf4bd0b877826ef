import type { Pool } from 'pg'
import type { OutboxRow } from '../outbox.ts'
import { outboxRow, type RecordRow } from './outbox.ts'

/** Events that were published before, by their ids: rows of one key are numbered in the order they were committed. */
export interface PublishedStretch {
  readonly topic: string
  /** ISO time of the first rows to take. */
  readonly since: string
  /** The last id: what is published later, its readers get from the relay. */
  readonly until: string
}

const CHOSEN = `topic = $1 and created_at >= $2 and published_at is not null and key is not null`

export async function publishedSince(pool: Pool, topic: string, since: string) {
  const { rows } = await pool.query<{ events: number; orders: number; until: string }>(
    `select count(*)::int as events, count(distinct key)::int as orders, coalesce(max(id), 0)::text as until from outbox where ${CHOSEN}`,
    [topic, since],
  )
  return rows[0]!
}

/** The next rows of a stretch, by id; none when it is through. */
export async function readPublished(
  pool: Pool,
  { topic, since, until }: PublishedStretch,
  after: string,
  limit: number,
): Promise<OutboxRow[]> {
  const { rows } = await pool.query<RecordRow>(
    `select id, topic, key, payload, headers, raw_key, raw_value, raw_headers from outbox
     where ${CHOSEN} and id > $3 and id <= $4 order by id limit $5`,
    [topic, since, after, until, limit],
  )
  return rows.map(outboxRow)
}
