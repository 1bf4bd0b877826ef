import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort, type TestDatabase, testDatabase, withClient } from '@quadrille/testing'
import { createPool, migrate, schemaVersion } from '../src/database.ts'
import { memoryLog } from './fakes.ts'

const migrations = new URL('./migrations/', import.meta.url)
const broken = new URL('./broken-migrations/', import.meta.url)

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase(async () => {}, 'kit_database')
})
afterAll(() => database.drop())

const tablesOf = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query(`select table_name from information_schema.tables where table_schema = 'public' order by 1`)
    return rows.map(({ table_name }) => table_name)
  })

const newPool = (url: string) => createPool({ service: 'sample', url, connections: 2, log: memoryLog().log })

describe('migrations, when a service starts', () => {
  it('leave nothing behind when one of them fails', async () => {
    await expect(migrate(database.url, broken)).rejects.toMatchObject({ code: '42883' })
    expect(await tablesOf(database.url)).toEqual([])
  })

  it('are applied once by two instances that start together, the runtime first', async () => {
    const versions = await Promise.all([migrate(database.url, migrations), migrate(database.url, migrations)])
    expect(versions[0]).toEqual(versions[1])
    expect(versions[0].service).toBe(2)
    expect(versions[0].runtime).toBeGreaterThanOrEqual(1)
    expect(await tablesOf(database.url)).toEqual(expect.arrayContaining(['effects', 'outbox', 'pot', 'schema_version', 'streams', 'tea']))
  })

  it('find nothing to do the next time, and tell where the schema stands', async () => {
    const again = await migrate(database.url, migrations)
    const pool = newPool(database.url)
    expect(await schemaVersion(pool)).toEqual(again)
    await pool.end()
  })

  it('wait for a database that is not there yet, but not for ever', async () => {
    const { log, logged } = memoryLog()
    const url = `postgres://nobody@127.0.0.1:${await freePort()}/nowhere`
    await expect(migrate(url, migrations, { log, deadlineMs: 300 })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(logged().map(({ msg }) => msg)).toEqual(['waiting for the database'])
  })
})

describe('a statement that was planned while its table was small', () => {
  const change = 'update young set times = times + 1 from unnest($1) as given (name) where key = name and key = any ($1)'
  const next = 'select key from young where done = 0 and due <= now() and (held is null or held < now()) order by due limit $1'

  it.each([
    ['goes by the index all the same, once it has grown', `(text[]) as ${change}`, `('{a}')`, 'Index Cond: (key = ANY ($1))'],
    ['takes the first of an index without sorting the rest', `(int) as ${next}`, '(3)', 'Index Scan using young_due'],
  ])('%s', async (_, statement, values, expected) => {
    const pool = newPool(database.url)
    const client = await pool.connect()
    try {
      await client.query('create table young (key text primary key, times int, done int, due timestamptz, held timestamptz, rest text)')
      await client.query('create index young_due on young (due) where done = 0')
      const fill = `insert into young
        select n::text, 0, $3, now() - n * 7919 % 1000 * interval '1 ms', now() + $4 * interval '1 hour', repeat('-', 400)
        from generate_series($1::int, $2::int) as n`
      await client.query(fill, [1, 96, 1, 1])
      await client.query(fill, [97, 100, 0, 1]) // all that are due were held when it was planned
      await client.query('vacuum analyze young')
      await client.query(`prepare statement ${statement}`)
      for (let time = 0; time < 10; time++) await client.query(`execute statement ${values}`)
      await client.query(fill, [101, 10_000, 0, -1])
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain execute statement ${values}`)
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(expected)
    } finally {
      await client.query('drop table young')
      client.release(true)
      await pool.end()
    }
  })
})

describe('options that a database URL brings', () => {
  it('are kept beside ours', async () => {
    const pool = newPool(`${database.url}?options=-c%20search_path%3Dpublic`)
    const { rows } = await pool.query(`select current_setting('search_path') as path, current_setting('enable_seqscan') as scans`)
    expect(rows).toEqual([{ path: 'public', scans: 'off' }])
    await pool.end()
  })
})

describe('the connections, when the database makes trouble', () => {
  it('outlive the server closing an idle one', async () => {
    const { log, logged } = memoryLog()
    const pool = createPool({ service: 'sample', url: database.url, connections: 2, log })
    const { rows } = await pool.query('select pg_backend_pid() as pid')
    await withClient(process.env.TEST_POSTGRES_URL!, (admin) => admin.query('select pg_terminate_backend($1, 5000)', [rows[0].pid]))
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(logged().map(({ msg }) => msg)).toEqual(['idle database connection lost'])
    await pool.end()
  })

  it('give up in the server before they do in the client', async () => {
    const pool = newPool(database.url)
    const { rows } = await pool.query(
      `select name, setting::int from pg_settings where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by 1`,
    )
    expect(rows.map(({ setting }) => setting)).toEqual([10_000, 2_000, 3_000])
    await pool.end()
  })
})
