import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Trx } from '@quadrille/messaging'
import { type TestDatabase, waitFor } from '@quadrille/testing'
import { Pool, type PoolClient } from 'pg'
import { type Answer, answers } from '../src/idempotency.ts'
import { type Placed, viewOf } from '../src/order.ts'
import { ordersStore } from '../src/store.ts'
import { command } from './history.ts'
import { ordersDatabase } from './shop.ts'

let database: TestDatabase
let pool: Pool
let statements = 0
const over = (client: Pool | PoolClient): Trx => ({
  query: async (text, values) => {
    statements++
    return (await client.query(text, values as unknown[])).rows
  },
})

beforeAll(async () => {
  database = await ordersDatabase()
  pool = new Pool({ connectionString: database.url })
  pool.on('error', () => undefined) // dropping the database ends what is still closing
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

function order(more: Partial<Placed> = {}): Placed {
  const { paymentToken: _, ...kept } = command
  return { ...kept, orderId: crypto.randomUUID(), status: 'placed', campaign: null, placedAt: new Date(1_000), refundedAt: null, ...more }
}

describe('the store of orders', () => {
  it('gives back a whole set as it was saved, in one statement each', async () => {
    const set = [order(), order({ status: 'cancelled', campaign: 'spring', refundedAt: new Date(2_000), total: Number.MAX_SAFE_INTEGER })]
    statements = 0
    await ordersStore.save(over(pool), set)
    const loaded = await ordersStore.load(over(pool), [...set.map(({ orderId }) => orderId), crypto.randomUUID()])
    expect(loaded).toEqual(new Map(set.map((one) => [one.orderId, one])))
    expect(statements).toBe(2)
  })

  it('changes the status and never what was ordered', async () => {
    const placed = order()
    await ordersStore.save(over(pool), [placed])
    await ordersStore.save(over(pool), [{ ...placed, status: 'paid', total: 1 }])
    expect((await ordersStore.load(over(pool), [placed.orderId])).get(placed.orderId)).toEqual({ ...placed, status: 'paid' })
  })
})

describe('the answers under Idempotency-Keys', () => {
  const answer = (key: string): Answer => {
    const { orderId, ...rest } = order()
    return { key, fingerprint: 'f', orderId, response: viewOf({ orderId, ...rest }) }
  }

  it('are given back as they were saved, in one statement each', async () => {
    const set = [answer('c\u001fa'), answer('c\u001fb')]
    statements = 0
    await answers.save(over(pool), set)
    expect(await answers.load(over(pool), ['c\u001fa', 'c\u001fb', 'c\u001fnew'])).toEqual(new Map(set.map((one) => [one.key, one])))
    expect(statements).toBe(2)
  })

  it('are locked before they exist: the second of two requests waits, then sees the answer of the first', async () => {
    const [first, second] = [await pool.connect(), await pool.connect()]
    const given = answer('c\u001fraced')
    try {
      await first.query('begin')
      expect((await answers.load(over(first), [given.key])).size).toBe(0)
      const waiting = answers.load(over(second), [given.key])
      await waitFor(
        async () =>
          (await pool.query(`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)).rowCount === 1,
      )
      await answers.save(over(first), [given])
      await first.query('commit')
      expect((await waiting).get(given.key)).toEqual(given)
    } finally {
      first.release()
      second.release()
    }
  })

  it('are forgotten after 7 days, and the key is free again', async () => {
    const old = answer('c\u001fold')
    await answers.save(over(pool), [old])
    await pool.query(`update idempotency set created_at = now() - interval '7 days' where key = $1`, [old.key])
    expect((await answers.load(over(pool), [old.key])).size).toBe(0)
    const next = answer(old.key)
    await answers.save(over(pool), [next])
    expect((await answers.load(over(pool), [old.key])).get(old.key)).toEqual(next)
  })
})
