import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { Pool } from 'pg'
import { createPostgresOutbox } from '../src/postgres/outbox.ts'
import { outboxContract } from './outbox-contract.ts'
import { appended } from './outbox-rows.ts'
import { createTestOutbox, type PostgresOutbox } from './postgres-outbox.ts'

let outbox: PostgresOutbox
let lone: Pool
beforeAll(async () => {
  outbox = await createTestOutbox()
  lone = new Pool({ connectionString: outbox.pool.options.connectionString, max: 1 })
})
beforeEach(() => outbox.clear())
afterAll(async () => {
  await lone.end()
  await outbox.close()
})

outboxContract('outbox in PostgreSQL', async () => ({ ...outbox, close: async () => {} }))

describe('outbox in PostgreSQL, beside what every outbox does', () => {
  const ask = async (question: string) => (await lone.query(question)).rows[0]

  it('waits for the disk at every commit but that of a mark', async () => {
    const [id] = await outbox.append([appended('a', 1)])
    await createPostgresOutbox(lone).markAndRead([id!], { limit: 1, maxBytes: 1 })
    expect(await ask('show synchronous_commit')).toEqual({ synchronous_commit: 'on' })
  })

  it('writes nothing while it stands by or has nothing to mark', async () => {
    await outbox.store.acquire('one', 60_000)
    const before = await ask('select xmin, ctid, pg_current_wal_insert_lsn() as written from outbox_lease')
    await createPostgresOutbox(lone).acquire('two', 60_000)
    await createPostgresOutbox(lone).markAndRead([], { limit: 500, maxBytes: 900_000 })
    expect(await ask('select xmin, ctid from outbox_lease')).toEqual({ xmin: before.xmin, ctid: before.ctid })
    expect(await ask('select txid_current_if_assigned() as assigned')).toEqual({ assigned: null })
  })

  it('reads no more of a large backlog than it gives', async () => {
    await lone.query(`insert into outbox (event_id, topic, key, sequence, payload, headers)
      select gen_random_uuid(), 'orders.v1', 'key-' || n, 1, '{}', '{}' from generate_series(1, 20000) as n`)
    await lone.query('analyze outbox')
    const before = await rowsTouched()
    await createPostgresOutbox(lone).markAndRead([], { limit: 500, maxBytes: 900_000 })
    expect((await rowsTouched()) - before).toBe(500)
  })

  it('tells a backlog that is too long to count by its span of ids', async () => {
    const ids = await outbox.append(Array.from({ length: 30 }, (_, n) => appended(`k${n}`, 1)))
    const store = createPostgresOutbox(lone, 20)
    await store.markAndRead(ids.slice(0, 5), { limit: 1, maxBytes: 1 })
    expect(await store.backlog()).toMatchObject({ unsent: 25 })
    await store.markAndRead(ids.slice(5, 11), { limit: 1, maxBytes: 1 })
    expect(await store.backlog()).toMatchObject({ unsent: 19 })
  })

  async function rowsTouched(): Promise<number> {
    await lone.query('select pg_stat_force_next_flush()')
    const { touched } = await ask(`select (seq_tup_read + idx_tup_fetch)::int as touched from pg_stat_user_tables where relname = 'outbox'`)
    return touched
  }

  it('knows when it hears nothing any more, and may listen again', async () => {
    const listener = await outbox.store.listen(() => {})
    await lone.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen outbox'`)
    await waitFor(() => !listener.alive, { what: 'the lost connection' })
    await listener.close()
    let heard = 0
    const again = await outbox.store.listen(() => void heard++)
    await outbox.store.notify()
    await waitFor(() => heard === 1, { what: 'the news' })
    await again.close()
  })
})
