import { setTimeout as elapse } from 'node:timers/promises'
import { afterAll, beforeAll } from '@jest/globals'
import { type TestDatabase, testDatabase, withClient } from '@quadrille/testing'
import { Pool } from 'pg'
import { createEffectStore, createSetStore } from '../src/index.ts'
import { runtimeTables } from './runtime-tables.ts'
import { setStoreContract } from './set-store-contract.ts'
import { counting, countingTables } from './set-store-toy.ts'

// with these, statements are planned as in a database that has been in use
const oldEffects = `
  insert into effects (key, kind, order_id, payload, run_at, status)
  select 'old:' || n, 'ring', n::text, '{}', now(), 'done' from generate_series(1, 5000) as n`

async function migrate(url: string) {
  const runtime = await runtimeTables()
  await withClient(url, async (client) => {
    await client.query(runtime)
    await client.query(countingTables)
    await client.query(oldEffects)
    await client.query('analyze effects')
  })
}

let database: TestDatabase
let pool: Pool
beforeAll(async () => {
  database = await testDatabase(migrate, 'set_store')
  pool = new Pool({ connectionString: database.url, pipeline: true, max: 8 } as never)
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

setStoreContract('sets and effects on PostgreSQL', async () => ({
  sets: createSetStore(pool, counting),
  effects: createEffectStore(pool, counting.store),
  async appended(orderId) {
    const { rows } = await pool.query('select sequence from outbox where key = $1 order by id', [orderId])
    return rows.map(({ sequence }) => sequence)
  },
  // the database's clock cannot be turned: a few tenths of a second really pass
  elapse: (ms) => elapse(ms),
  async close() {},
}))
