import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { Pool } from 'pg'
import { type Collector, createCollector, createEffectStore, EffectRefused, type EffectRunner } from '../src/index.ts'
import { cancelledInput, shortInput } from './toy/inputs.ts'
import { migrateToy, startRinging, toyRunner } from './toy/stack.ts'
import { toy } from './toy/toy.ts'

describe('effects on PostgreSQL', () => {
  let database: TestDatabase
  let pool: Pool
  let collector: Collector
  const runners: EffectRunner[] = []

  /** A runner of its own, as another process would have it; `ring` is its provider. */
  function runnerWith(ring: (orderId: string, again: boolean) => Promise<string>, leaseMs?: number): EffectRunner {
    const runner = startRinging(pool, collector, ring, leaseMs)
    runners.push(runner)
    return runner
  }
  /** What a process does just before it performs; this one then does nothing more. */
  const claimAndStart = async (leaseMs: number) => {
    const store = createEffectStore(pool, toy.store)
    const claimed = await store.claim(10, leaseMs, [])
    await store.start(claimed)
    return claimed
  }
  const effectOf = async (orderId: string) => (await pool.query('select * from effects where key = $1', [`ring:${orderId}`])).rows[0]
  const toyOf = async (orderId: string) => (await pool.query('select * from toys where order_id = $1', [orderId])).rows[0]
  const ended = (orderId: string, status: string) =>
    waitFor(async () => (await effectOf(orderId))?.status === status, {
      what: `effect ${status}`,
      diagnose: async () => JSON.stringify(await effectOf(orderId)),
    })

  beforeAll(async () => {
    database = await testDatabase(migrateToy, 'effects')
    pool = new Pool({ connectionString: database.url, pipeline: true, max: 8 } as never)
    const fail = (error: unknown) => {
      throw error
    }
    collector = createCollector({ ...toyRunner(pool), onCommitted: () => undefined, onRetry: fail, onFatal: fail })
  })
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop(100)))
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  it('performs an effect once, however often it is asked for, and saves its outcome with its end', async () => {
    const orderId = randomUUID()
    const rung: string[] = []
    await collector.add(cancelledInput(orderId))
    runnerWith(async (id) => String(rung.push(id)))
    await ended(orderId, 'done')
    await collector.add(cancelledInput(orderId))
    await waitFor(async () => (await toyOf(orderId)).count === 2)
    expect(rung).toEqual([orderId])
    expect(await toyOf(orderId)).toMatchObject({ rung: 1 })
  })

  it('is taken over when its lease ends, asks again, and the first runner may not record its outcome any more', async () => {
    const orderId = randomUUID()
    await collector.add(cancelledInput(orderId))
    // a frozen process: it holds the effect, and renews nothing
    const [held] = await claimAndStart(300)
    runnerWith(async (_, again) => (again ? 'asked' : 'posted'))
    await ended(orderId, 'done')
    await collector.add({ kind: 'outcome', orderId, effect: held!, answer: 'late' })
    expect(await toyOf(orderId)).toMatchObject({ rung: 1 })
    expect(await effectOf(orderId)).toMatchObject({ attempts: 2 })
  })

  it('tells a second attempt to ask before it posts', async () => {
    const orderId = randomUUID()
    const asked: boolean[] = []
    await collector.add(cancelledInput(orderId))
    await claimAndStart(100)
    runnerWith(async (_, again) => String(asked.push(again)))
    await ended(orderId, 'done')
    expect(asked).toEqual([true])
  })

  it('is guarded again, where the process died between its claim and its start', async () => {
    const orderId = randomUUID()
    await collector.add(cancelledInput(orderId))
    await createEffectStore(pool, toy.store).claim(10, 50, [])
    await pool.query('update toys set count = 100 where order_id = $1', [orderId])
    runnerWith(async () => 'rung')
    await ended(orderId, 'void')
  })

  it('believes of two attempts that answer in the same set only the one that holds it', async () => {
    const orderId = randomUUID()
    await collector.add(cancelledInput(orderId))
    const [first] = await claimAndStart(1)
    const second = await waitFor(async () => (await claimAndStart(10_000))[0], { what: 'the second attempt' })
    await Promise.all([
      collector.add({ kind: 'outcome', orderId, effect: first!, answer: 'unwanted' }),
      collector.add({ kind: 'outcome', orderId, effect: second, answer: 'rung' }),
    ])
    expect(await toyOf(orderId)).toMatchObject({ rung: 1 })
    expect(await effectOf(orderId)).toMatchObject({ status: 'done', attempts: 2 })
  })

  it('keeps its lease while it works longer than the lease', async () => {
    const orderId = randomUUID()
    const calls: string[] = []
    await collector.add(cancelledInput(orderId))
    const slow = async (id: string) => {
      calls.push(id)
      await wait(5_000)
      return 'rung'
    }
    // A process that has no processor for longer than its lease rightly loses it: 300 ms were too few on a busy machine
    runnerWith(slow, 2_000)
    runnerWith(slow, 2_000)
    await ended(orderId, 'done')
    expect(calls).toEqual([orderId])
  })

  it('does nothing that is no longer wanted, and says so', async () => {
    const orderId = randomUUID()
    await collector.add(cancelledInput(orderId))
    await pool.query('update toys set count = 100 where order_id = $1', [orderId])
    const rung: string[] = []
    runnerWith(async (id) => String(rung.push(id)))
    await ended(orderId, 'void')
    expect(rung).toEqual([])
    expect(await toyOf(orderId)).toMatchObject({ rung: 100 })
  })

  it('comes back after an environment failure, and is never given up', async () => {
    const orderId = randomUUID()
    let calls = 0
    await collector.add(cancelledInput(orderId))
    runnerWith(async () => {
      calls += 1
      if (calls === 1) throw new Error('503')
      return 'rung'
    })
    await waitFor(async () => (await effectOf(orderId)).last_error === '503')
    expect((await effectOf(orderId)).status).toBe('due')
    await pool.query('update effects set run_at = now() where order_id = $1', [orderId])
    await ended(orderId, 'done')
    expect(await toyOf(orderId)).toMatchObject({ rung: 1 })
  })

  it('parks its order when the provider refuses; repaired and redriven, its outcome frees the events that waited', async () => {
    const orderId = randomUUID()
    let broken = true
    await collector.add(cancelledInput(orderId))
    runnerWith(async () => {
      if (broken) throw new EffectRefused('no such bell')
      return 'rung'
    })
    await ended(orderId, 'refused')
    await collector.add(shortInput(orderId))
    expect(await toyOf(orderId)).toMatchObject({ count: 1, rung: 0 })
    const letters = async () =>
      (await pool.query('select origin, code, outcome from parked_events where key = $1 order by seq', [orderId])).rows
    expect(await letters()).toEqual([
      { origin: 'effect', code: 'EFFECT_REFUSED', outcome: null },
      { origin: 'event', code: 'WAITING', outcome: null },
    ])

    await collector.add({ kind: 'redrive', orderId })
    await waitFor(async () => (await effectOf(orderId)).status === 'refused')
    expect((await letters()).map(({ outcome }) => outcome)).toEqual([null, null])

    broken = false
    await collector.add({ kind: 'redrive', orderId })
    await ended(orderId, 'done')
    expect(await toyOf(orderId)).toMatchObject({ count: 11, rung: 1 })
    expect((await letters()).map(({ outcome }) => outcome)).toEqual(['redriven', 'redriven'])
    expect(
      (await pool.query("select count(*)::int as n from outbox where topic = 'payments.dlq' and raw_key = $1", [Buffer.from(orderId)]))
        .rows,
    ).toEqual([{ n: 1 }])
  })
})
