import type { Pool } from 'pg'
import type { OutboxRow } from '../outbox.ts'
import { outboxRow, type RecordRow } from './outbox.ts'

/** Events that were published before, by their ids: rows of one key are numbered in the order they were committed. */
export interface PublishedStretch {
  readonly topic: string
  /** ISO time: what was published before it is left out, whenever it was created. */
  readonly since: string
  /** The last id: what is appended later, its readers get from the relay. */
  readonly until: string
}

// No index has `published_at`, which would cost the relay an entry a row; nor does it rise with the ids wherever a row was set aside and
// released. So all ids are looked at, and what one statement looks at is bounded: it may take 3 s, whatever is in the table.
const CHOSEN = `topic = $1 and published_at >= $2 and key is not null`
const MOST_LOOKED_AT = 20_000

/** What is counted row by row; of older rows, these pages are. Among 2,000,000 rows both take 0.3 s; to count them all took 3.3 s. */
const COUNTED = { newest: 200_000, pages: 5_000 }

export interface Published {
  readonly events: number
  /** Where there are older rows than those that were counted. */
  readonly estimated: boolean
  readonly until: string
}

export async function publishedSince(pool: Pool, topic: string, since: string, { newest, pages } = COUNTED): Promise<Published> {
  const { rows } = await pool.query<Published>(
    `select until::text, exists (select from outbox where id <= until - $3) as estimated,
       (select count(*)::int from outbox where ${CHOSEN} and id > until - $3 and id <= until) as events
     from (select coalesce(max(id), 0) as until from outbox) as last`,
    [topic, since, newest],
  )
  const { events, estimated, until } = rows[0]!
  if (!estimated) return { events, estimated, until }
  const older = await olderOnes(pool, [topic, since, String(BigInt(until) - BigInt(newest)), pages])
  return { events: Math.max(1, events + older), estimated, until } // a few among very many are easily missed
}

async function olderOnes(pool: Pool, values: readonly [topic: string, since: string, before: string, pages: number]): Promise<number> {
  const percent = `least(100, 100.0 * $4::int * current_setting('block_size')::int / greatest(1, pg_relation_size('outbox')))`
  const { rows } = await pool.query<{ events: number }>(
    `select (count(*) * 100 / ${percent})::int as events from outbox tablesample system (${percent}) where ${CHOSEN} and id <= $3`,
    [...values],
  )
  return rows[0]!.events
}

/** The next rows of a stretch, by id, and the id up to which there are no others; null when it is through. */
export async function readPublished(
  pool: Pool,
  { topic, since, until }: PublishedStretch,
  after: string,
  limit: number,
): Promise<{ readonly rows: OutboxRow[]; readonly upTo: string } | null> {
  const end = await endOfLook(pool, after, until)
  if (end === null) return null
  const { rows } = await pool.query<RecordRow>(
    `select id, topic, key, payload, headers, raw_key, raw_value, raw_headers from outbox
     where ${CHOSEN} and id > $3 and id <= $4 order by id limit $5`,
    [topic, since, after, end, limit],
  )
  return { rows: rows.map(outboxRow), upTo: rows.length < limit ? end : rows.at(-1)!.id }
}

/** Begins with a row that there is, so that a gap in the ids, however wide, costs one look. */
async function endOfLook(pool: Pool, after: string, until: string): Promise<string | null> {
  const { rows } = await pool.query<{ end: string }>(
    'select least(id + $3 - 1, $2)::text as end from outbox where id > $1 and id <= $2 order by id limit 1',
    [after, until, MOST_LOOKED_AT],
  )
  return rows[0]?.end ?? null
}
