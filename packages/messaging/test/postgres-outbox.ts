import { testDatabase, withClient } from '@quadrille/testing'
import { type ClientBase, Pool } from 'pg'
import { appendEvents, appendLetters } from '../src/postgres/append.ts'
import { createPostgresOutbox } from '../src/postgres/outbox.ts'
import type { OutboxEvent, OutboxLetter } from '../src/store.ts'
import type { OutboxUnderTest } from './outbox-contract.ts'
import { runtimeTables } from './runtime-tables.ts'

/** An outbox in a database of its own. */
export interface PostgresOutbox extends OutboxUnderTest {
  readonly pool: Pool
  /** As if nothing had ever been in it. */
  clear(): Promise<void>
}

async function migrate(url: string) {
  const tables = await runtimeTables()
  await withClient(url, (client) => client.query(tables))
}

export async function createTestOutbox(): Promise<PostgresOutbox> {
  const database = await testDatabase(migrate, 'outbox')
  const pool = new Pool({ connectionString: database.url, max: 6, pipeline: true })
  const texts = async (sql: string) => (await pool.query<{ id: string }>(sql)).rows.map(({ id }) => id)
  return {
    pool,
    store: createPostgresOutbox(pool),
    append: (events, letters = []) => within(pool, (client) => write(client, events, letters)),
    open: (events) => open(pool, events),
    published: () => texts('select id from outbox where published_at is not null order by id'),
    elapse: async (ms) => void (await pool.query(`update outbox_lease set lease_until = lease_until - $1 * interval '1 ms'`, [ms])),
    async clear() {
      await pool.query('truncate outbox, outbox_parked restart identity')
      await pool.query(`update outbox_lease set owner = null, term = 0, lease_until = '-infinity'`)
    },
    async close() {
      await pool.end()
      await database.drop()
    },
  }
}

async function within<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } finally {
    client.release()
  }
}

/** Appends as the runtime does, and tells the ids. */
async function write(client: ClientBase, events: readonly OutboxEvent[], letters: readonly OutboxLetter[] = []): Promise<string[]> {
  const trx = { query: async (text: string, values?: readonly unknown[]) => (await client.query(text, values as unknown[])).rows as never }
  if (events.length > 0) await appendEvents(trx, events, new Map())
  if (letters.length > 0) await appendLetters(trx, letters)
  const written = [...events, ...letters].map(({ id }) => id)
  const { rows } = await client.query<{ id: string }>('select id from outbox where event_id = any ($1) order by id', [written])
  return rows.map(({ id }) => id)
}

async function open(pool: Pool, events: readonly OutboxEvent[]) {
  const client = await pool.connect()
  await client.query('begin')
  const ids = await write(client, events)
  return {
    ids,
    async commit() {
      await client.query('commit')
      client.release()
    },
  }
}
