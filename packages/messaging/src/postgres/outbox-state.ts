import type { Pool } from 'pg'

/** A row that Kafka refuses for what it is; the later rows of its key wait. */
export interface ParkedOutboxRow {
  readonly id: string
  readonly topic: string
  /** Null on dead letters, which nothing waits behind. */
  readonly key: string | null
  readonly eventId: string
  readonly type: string | null
  readonly reason: string
  readonly parkedAt: Date
  /** How many rows of the same key wait behind it. */
  readonly behind: number
}

export interface OutboxState {
  readonly lease: { readonly owner: string; readonly until: Date } | null
  readonly parked: readonly ParkedOutboxRow[]
}

// What is set aside is few: a record that is too large or invalid.
const MOST_PARKED = 500

const PARKED = `
  select p.outbox_id as id, p.topic, p.key, event_id as "eventId", split_part(headers->>'ce_type', '.', 1) as type, reason, parked_at as "parkedAt",
    (select count(*)::int from outbox later where later.topic = p.topic and later.key = p.key and later.id > p.outbox_id and later.published_at is null) as behind
  from outbox_parked p join outbox on outbox.id = p.outbox_id`

/** Who sends, and what was set aside. */
export async function outboxState(pool: Pool): Promise<OutboxState> {
  const [leases, parked] = await Promise.all([
    pool.query<{ owner: string; until: Date }>('select owner, lease_until as until from outbox_lease where lease_until > now()'),
    pool.query<ParkedOutboxRow>(`${PARKED} order by p.outbox_id limit ${MOST_PARKED}`),
  ])
  return { lease: leases.rows[0] ?? null, parked: parked.rows }
}

/** Lets the relay send it again, once the reason is gone; what waited comes behind it. A record that Kafka still refuses is set aside again. */
export async function releaseParked(pool: Pool, id: string): Promise<ParkedOutboxRow | undefined> {
  const { rows } = await pool.query<ParkedOutboxRow>(
    `with freed as (delete from outbox_parked where outbox_id = $1) ${PARKED} where p.outbox_id = $1`,
    [id],
  )
  return rows[0]
}
