import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type TestDatabase, testDatabase } from '@quadrille/testing'
import { Pool } from 'pg'
import { countEffects } from '../src/postgres/effect-counts.ts'
import { migrateToy } from './toy/stack.ts'

describe('what effects wait for', () => {
  let database: TestDatabase
  let pool: Pool
  beforeAll(async () => {
    database = await testDatabase(migrateToy, 'effect_counts')
    pool = new Pool({ connectionString: database.url, max: 1 })
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  const add = (key: string, kind: string, status: string, runAt: string, attempts = 0, startedAt: string | null = null) =>
    pool.query(
      `insert into effects (key, kind, order_id, payload, status, run_at, attempts, first_started_at)
       values ($1, $2, $1, '{}', $3, now() + $4::interval, $5, now() + $6::interval)`,
      [key, kind, status, runAt, attempts, startedAt],
    )
  const letter = (key: string, ended: boolean) =>
    pool.query(
      `insert into parked_events (consumer, event_id, topic, partition, "offset", raw_headers, origin, effect_key, code, error, attempts, ended_at)
       values ('toy', $1, 'effect', 0, 0, '', 'effect', $1, 'EFFECT_REFUSED', '', 1, case when $2 then now() end)`,
      [key, ended],
    )

  it('is nothing for every kind at first', async () => {
    expect(await countEffects(pool, ['ring'])).toEqual([{ kind: 'ring', waiting: 0, oldestAgeMs: 0, refused: 0 }])
  })

  it('is what is due or tried again, never a timer whose time has not come; refused ones count until somebody decides', async () => {
    await add('timer', 'hold', 'due', '10 minutes')
    await add('soon', 'hold', 'due', '5 s')
    await add('due', 'ring', 'due', '-2 s')
    await add('tried', 'ring', 'due', '20 s', 7, '-1 minute')
    await add('done', 'ring', 'done', '-1 hour', 1, '-1 hour')
    await add('refused', 'gone', 'refused', '-1 hour', 1, '-1 hour')
    await add('decided', 'gone', 'refused', '-1 hour', 1, '-1 hour')
    await letter('refused', false)
    await letter('decided', true)
    const counts = new Map((await countEffects(pool, ['ring', 'hold'])).map(({ kind, ...rest }) => [kind, rest]))
    expect(counts.get('hold')).toEqual({ waiting: 0, oldestAgeMs: 0, refused: 0 })
    expect(counts.get('gone')).toEqual({ waiting: 0, oldestAgeMs: 0, refused: 1 })
    expect(counts.get('ring')).toMatchObject({ waiting: 2, refused: 0 })
    expect(Math.round(counts.get('ring')!.oldestAgeMs / 10_000)).toBe(6)
  })
})
