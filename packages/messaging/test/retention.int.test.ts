import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type TestDatabase, testDatabase, withClient } from '@quadrille/testing'
import { Pool } from 'pg'
import { uuidv7 } from '../src/index.ts'
import { appendEvents } from '../src/postgres/append.ts'
import { claim, lock } from '../src/postgres/inbox.ts'
import { createPostgresOutbox } from '../src/postgres/outbox.ts'
import { forgetClaims, forgetPublished, forgetRows } from '../src/postgres/retention.ts'
import { explaining, fillHistory } from './history.ts'
import { appended } from './outbox-rows.ts'
import { runtimeTables } from './runtime-tables.ts'
import { placedInput } from './toy/inputs.ts'

const ownTable = 'create table answers (key text primary key, created_at timestamptz not null); create index on answers (created_at)'

async function migrate(url: string) {
  const tables = await runtimeTables()
  await withClient(url, (client) => client.query(`${tables};${ownTable}`))
}

/** More, and it tells how long everything took: HISTORY_ROWS=1000000 */
const ROWS = Number(process.env.HISTORY_ROWS ?? 50_000)

let database: TestDatabase
let pool: Pool
const open = async () => {
  database = await testDatabase(migrate, 'retention')
  pool = new Pool({ connectionString: database.url, max: 4, pipeline: true })
}
const close = async () => {
  await pool.end()
  await database.drop()
}
const texts = async (sql: string) => (await pool.query<{ text: string }>(sql)).rows.map(({ text }) => text)

describe('retention, on PostgreSQL', () => {
  beforeAll(open)
  afterAll(close)

  const publish = (key: string, daysAgo: number | null) =>
    pool.query(
      `insert into outbox (event_id, topic, key, sequence, payload, headers, created_at, published_at)
       values ($1, 'orders.v1', $2, 1, '{}', '{}', now() - interval '90 days', now() - $3 * interval '1 day')`,
      [randomUUID(), key, daysAgo],
    )

  it('forgets rows by when they were published; those unsent or set aside stay at any age', async () => {
    await publish('parked', 90)
    await pool.query(`insert into outbox_parked (outbox_id, topic, key, reason) select id, topic, key, 'planted' from outbox`)
    for (const [key, daysAgo] of [
      ['unsent', null],
      ['old', 31],
      ['late', 29],
      ['older', 32],
      ['oldest', 33],
    ] as const)
      await publish(key, daysAgo)
    const forget = forgetPublished(pool)
    expect([await forget(30, 2), await forget(30, 3), await forget(30, 3)]).toEqual([1, 2, 0])
    expect(await texts('select key as text from outbox order by id')).toEqual(['parked', 'unsent', 'late'])
  })

  it('forgets claims by their age, a batch at a time', async () => {
    await pool.query(
      `insert into processed_events (consumer, event_id, topic, partition, "offset", at)
       select 'payments', n, 'orders.v1', 0, n, now() - n * interval '1 day' from generate_series(43, 48) as n`,
    )
    const forget = forgetClaims(pool)
    expect([await forget(45, 2), await forget(45, 2), await forget(45, 2)]).toEqual([2, 2, 0])
    expect(await texts('select event_id as text from processed_events order by event_id')).toEqual(['43', '44'])
  })

  it('waits for no row that somebody holds, and never takes one that has become young again', async () => {
    await pool.query(`insert into answers select n, now() - interval '8 days' from generate_series(1, 3) as n`)
    const forget = forgetRows(pool, { table: 'answers', by: 'created_at', days: 7 })
    await withClient(database.url, async (holder) => {
      await holder.query('begin')
      await holder.query(`update answers set created_at = now() where key = '1'`)
      expect(await forget(7, 10)).toBe(2)
      await holder.query('commit')
    })
    expect(await forget(7, 10)).toBe(0)
    expect(await texts('select key as text from answers')).toEqual(['1'])
  })
})

describe(`the runtime's statements, with ${ROWS} published and handled events behind them`, () => {
  beforeAll(async () => {
    await open()
    await fillHistory(pool, { rows: ROWS, days: 60, unsent: 200 })
  }, 300_000)
  afterAll(close)

  const event = () => appended(randomUUID(), 1)
  const statements = (on: ReturnType<typeof explaining>): Record<string, () => Promise<unknown>> => ({
    'mark and read': () => createPostgresOutbox(on.pool).markAndRead(['1', '2', '3'], { limit: 500, maxBytes: 900_000 }),
    backlog: () => createPostgresOutbox(on.pool).backlog(),
    claim: () => claim(on.trx, 'payments', [placedInput(randomUUID(), undefined, uuidv7())], false),
    lock: () => lock(on.trx, [randomUUID()]),
    append: () => appendEvents(on.trx, [event(), event()], new Map([['order', 2]])),
    'forget published rows': () => forgetPublished(on.pool)(30, 1_000),
    'forget claims': () => forgetClaims(on.pool)(45, 1_000),
  })

  it.each(Object.keys(statements(explaining(null as never))))('%s reads no table whole', async (name) => {
    const on = explaining(pool)
    await statements(on)[name]!()
    const whole = on.accesses.filter(({ how, table }) => how === 'Seq Scan' && (table === 'outbox' || table === 'processed_events'))
    expect(whole).toEqual([])
  })

  it('reads what is unsent, and only that, from the partial index', async () => {
    const on = explaining(pool)
    await statements(on)['mark and read']!()
    await statements(on).backlog!()
    const used = on.accesses.filter(({ table, how }) => table === 'outbox' && how !== 'ModifyTable')
    expect(new Set(used.map(({ index }) => index))).toEqual(new Set(['outbox_unsent']))
  })
})
