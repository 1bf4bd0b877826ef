import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createEffectStore, type EffectStore } from '@quadrille/messaging'
import { type TestDatabase, testDatabase, withClient } from '@quadrille/testing'
import type { Pool } from 'pg'
import { createPool, migrate } from '../src/index.ts'
import { memoryLog } from './fakes.ts'

const FILL = `
  insert into effects (key, kind, order_id, payload, status, attempts, run_at, leased_until)
  select 'mail:' || n, 'send-mail', n::text, '{}', $3, 1, now(), now() + interval '1 hour' from generate_series($1::int, $2::int) as n`

/** A store that looks at the plan of each statement instead of running it. */
function explaining(pool: Pool): { store: EffectStore; plans: string[] } {
  const plans: string[] = []
  const query = async ({ text, values }: { text: string; values: unknown[] }) => {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
    return { rows: [] }
  }
  return { store: createEffectStore({ query } as unknown as Pool, { load: async () => new Map(), save: async () => {} }), plans }
}

describe('statements about effects that are held, planned when hardly any was due', () => {
  let database: TestDatabase
  let pool: Pool
  beforeAll(async () => {
    database = await testDatabase(async (url) => void (await migrate(url)), 'plans')
    pool = createPool({ service: 'sample', url: database.url, connections: 2, log: memoryLog().log })
    await withClient(database.url, async (client) => {
      await client.query(FILL, [1, 20_000, 'done'])
      await client.query(FILL, [20_001, 20_004, 'due'])
      await client.query('vacuum analyze effects')
    })
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  const held = [{ key: 'mail:20001', attempt: 1 }]
  it.each<[string, (store: EffectStore) => Promise<unknown>]>([
    ['a start', (store) => store.start(held)],
    ['a renewal', (store) => store.renew(held, 1_000)],
    ['a retry', (store) => store.retry({ ...held[0]!, error: 'no', delayMs: 1_000 })],
  ])('find the effects of %s by their keys, not among all that will be due', async (_, ask) => {
    const { store, plans } = explaining(pool)
    await ask(store)
    expect(plans).toEqual([expect.stringContaining('effects_pkey')])
    expect(plans[0]).not.toContain('effects_due')
  })
})
