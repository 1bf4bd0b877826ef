import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { Pool } from 'pg'
import { type AnyInput, type Collector, createCollector, createPostgresOutbox, EffectRefused } from '../src/index.ts'
import { createOperators } from '../src/operators.ts'
import { createAudit } from '../src/postgres/audit.ts'
import { createDeadLetters } from '../src/postgres/dead-letters.ts'
import { orderRecord } from '../src/postgres/order-record.ts'
import { createTaskStore } from '../src/postgres/tasks.ts'
import { createRedriver } from '../src/redrive.ts'
import { pause } from '../src/waker.ts'
import { cancelledInput, placedInput, poison, shortInput } from './toy/inputs.ts'
import { migrateToy, startRinging, toyRunner } from './toy/stack.ts'
import { toy } from './toy/toy.ts'

let database: TestDatabase
let pool: Pool
let collector: Collector
const stops: (() => Promise<unknown>)[] = []
const woken = { relay: 0, runner: 0 }
const fail = (error: unknown) => {
  throw error
}

/** The operators' side of one instance. */
function instance(owner: string = randomUUID()) {
  const deadLetters = createDeadLetters(pool, toy.name)
  const redriver = createRedriver(collector, deadLetters)
  const [relay, runner] = [{ wake: () => void woken.relay++ }, { wake: () => void woken.runner++ }]
  const unused = { kafka: {} as never, consumer: {} as never, reads: new Map(), log: { debug: () => undefined } }
  const at = { ...unused, service: toy, pool, deadLetters, redriver, collector, relay, runner }
  return { deadLetters, ...createOperators({ ...at, owner, pause, onError: fail }) }
}
function started() {
  const one = instance()
  one.start()
  stops.push(one.stop)
  return one
}
const add = (...inputs: AnyInput[]) => Promise.all(inputs.map((input) => collector.add(input)))
const rows = async (text: string, ...values: unknown[]) => (await pool.query(text, values)).rows
const lettersOf = (orderIds: readonly string[]) =>
  rows('select code, attempts, outcome, ended_reason as reason from parked_events where key = any ($1) order by seq', orderIds)
const asked = { reason: null, startedBy: 'ada', ratePerSecond: 1_000 }

beforeAll(async () => {
  database = await testDatabase(migrateToy, 'operators')
  pool = new Pool({ connectionString: database.url, pipeline: true, max: 8 } as never)
  collector = createCollector({ ...toyRunner(pool), onCommitted: () => undefined, onRetry: fail, onFatal: fail })
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
  await pool.query('truncate parked_events, streams, effects, operator_tasks, operator_audit, outbox cascade')
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** Orders whose handler throws, with another event behind; mended when the test says so. */
async function brokenOrders(count: number) {
  const orderIds = Array.from({ length: count }, () => randomUUID()).sort()
  await add(...orderIds.flatMap((orderId) => [placedInput(orderId, 'throw'), shortInput(orderId)]))
  return orderIds
}
const mend = (orderIds: readonly string[]) =>
  pool.query(
    `update parked_events set raw_value = convert_to(replace(convert_from(raw_value, 'utf8'), 'throw', 'fixed'), 'utf8') where key = any ($1)`,
    [orderIds],
  )
const done = (tasks: ReturnType<typeof instance>['tasks'], id: string) =>
  waitFor(async () => ((await tasks.find(id))?.status === 'done' ? tasks.find(id) : undefined), {
    what: 'the task',
    diagnose: () => tasks.find(id),
  })

describe('a redrive of many orders, on PostgreSQL', () => {
  const request = { kind: 'redrive', select: { code: 'HANDLER' } }

  it('tells before what it would touch, and then what helped and what did not', async () => {
    const orderIds = await brokenOrders(4)
    await mend(orderIds.slice(1))
    const { tasks } = started()
    const planned = await tasks.plan(request)
    expect(planned).toMatchObject({ would: 4, orders: 4, total: 4 })
    expect(planned.sample[0]).toMatchObject({ code: 'HANDLER', type: 'OrderPlaced', error: 'a handler bug' })
    const { id } = await tasks.start(planned, { ...asked, request })
    expect(await done(tasks, id)).toMatchObject({ done: 3, failed: 1, total: 4, startedBy: 'ada' })
    expect(await rows('select count from toys where order_id = any ($1)', orderIds)).toEqual(Array(3).fill({ count: 11 }))
  })

  it('is taken over where its process died, and no order is redriven twice for it', async () => {
    const orderIds = await brokenOrders(5)
    await mend(orderIds)
    const [dead, { tasks }] = [createTaskStore(pool), instance()]
    const { id } = await tasks.start(await tasks.plan(request), { ...asked, request })
    const claimed = await dead.claim('dead', 500)
    expect(await createTaskStore(pool).claim('too early', 500)).toBeUndefined()
    const [first] = (claimed!.plan as { ids: string[] }).ids
    await createRedriver(collector, createDeadLetters(pool, toy.name)).redrive(first!)
    await dead.save(id, 'dead', { position: { next: 1 }, done: 1, trying: 0, failed: 0 }, 500)
    await waitFor(async () => (await tasks.find(id))?.status === 'interrupted', { what: 'the lease to end' })
    expect(await done(started().tasks, id)).toMatchObject({ done: 5, failed: 0 })
    expect(await lettersOf(orderIds)).toEqual(expect.arrayContaining([expect.objectContaining({ outcome: 'redriven' })]))
    expect(await rows('select sum(count)::int as sum from toys where order_id = any ($1)', orderIds)).toEqual([{ sum: 55 }])
    expect(await dead.save(id, 'dead', { position: { next: 2 }, done: 2, trying: 0, failed: 0 }, 500)).toBe(false)
  })

  it('changes nothing the second time', async () => {
    const orderIds = await brokenOrders(2)
    await mend(orderIds)
    const { tasks } = started()
    const planned = await tasks.plan(request)
    for (const _ of [1, 2]) await done(tasks, (await tasks.start(planned, { ...asked, request })).id)
    expect(await rows('select count from toys where order_id = any ($1)', orderIds)).toEqual(Array(2).fill({ count: 11 }))
    expect(await rows('select count(*)::int as events from outbox where key = any ($1)', orderIds)).toEqual([{ events: 2 }])
  })

  it('stops when it is cancelled, and the next task then runs', async () => {
    await brokenOrders(3)
    const { tasks } = started()
    const planned = await tasks.plan(request)
    const slow = await tasks.start(planned, { ...asked, ratePerSecond: 1, request })
    const next = await tasks.start(planned, { ...asked, request })
    await waitFor(async () => (await tasks.find(slow.id))?.failed === 1, { what: 'the first step' })
    expect(await tasks.find(next.id)).toMatchObject({ status: 'waiting', waitsFor: slow.id })
    expect(await tasks.find(slow.id)).toMatchObject({ waitsFor: null })
    expect(await tasks.cancel(slow.id)).toMatchObject({ status: 'cancelled', failed: 1 })
    await done(tasks, next.id)
    expect(await tasks.cancel(next.id)).toMatchObject({ status: 'done' })
    expect((await tasks.list(10)).map(({ status }) => status)).toEqual(['done', 'cancelled'])
  })
})

describe('a task, on PostgreSQL', () => {
  const leaseMs = 10_000
  /** One that `me` works on. */
  async function claimed() {
    const store = createTaskStore(pool)
    const request = { kind: 'redrive', select: { all: true } }
    const { id } = await store.add({ kind: 'redrive', request, plan: {}, total: 4, ...asked, reason: 'mended' })
    await store.claim('me', leaseMs)
    return { store, id }
  }
  const step = { position: { next: 1 }, done: 1, trying: 1, failed: 0 }
  const ends = async (id: string) =>
    (await createAudit(pool).list({ limit: 100 })).filter(({ target }) => (target as { task?: string }).task === id)

  it('waits for the first of those before it that are not over', async () => {
    const store = createTaskStore(pool)
    const add = () => store.add({ kind: 'redrive', request: {}, plan: {}, total: 1, ...asked })
    const [first, second, third] = [await add(), await add(), await add()]
    await store.cancel(second.id)
    const found = await Promise.all([first, second, third].map(({ id }) => store.find(id)))
    expect(found.map((task) => task?.waitsFor)).toEqual([null, null, first.id])
    expect(third.waitsFor).toBe(first.id)
  })

  it('says what it is tried again for, and since when, until a step goes through', async () => {
    const { store, id } = await claimed()
    await store.keep(id, 'me', leaseMs, 'no broker answers')
    const { retriedSince } = (await store.find(id))!
    await store.keep(id, 'me', leaseMs, 'still none')
    await store.keep(id, 'me', leaseMs)
    expect(await store.find(id)).toMatchObject({ error: 'still none', retriedSince })
    expect(retriedSince).toBeInstanceOf(Date)
    expect(await store.save(id, 'me', step, leaseMs)).toBe(true)
    expect(await store.find(id)).toMatchObject({ ...step, status: 'running', error: null, retriedSince: null })
  })

  it('counts the step that was under way when it was cancelled, in the audit as well', async () => {
    const { store, id } = await claimed()
    await store.cancel(id)
    expect(await store.keep(id, 'me', leaseMs)).toBe(false)
    expect(await store.save(id, 'another', { ...step, done: 3 }, leaseMs)).toBe(false)
    expect(await store.save(id, 'me', step, leaseMs)).toBe(false)
    expect(await store.find(id)).toMatchObject({ ...step, status: 'cancelled' })
    expect(await ends(id)).toMatchObject([
      { operator: 'ada', action: 'task ended', outcome: 'cancelled', reason: 'mended', endedAt: expect.any(Date) },
    ])
    expect(JSON.parse((await ends(id))[0]!.result!)).toEqual({ done: 1, trying: 1, failed: 0, total: 4 })
  })

  it('leaves its end and its counts in the audit, once, with who began it', async () => {
    const { store, id } = await claimed()
    await store.save(id, 'me', step, leaseMs)
    await store.keep(id, 'me', leaseMs, 'no broker answers')
    await store.finish(id, 'another', 'done')
    expect(await ends(id)).toEqual([])
    await store.finish(id, 'me', 'failed', 'not allowed')
    await store.finish(id, 'me', 'done')
    await store.cancel(id)
    expect(await store.find(id)).toMatchObject({ status: 'failed', error: 'not allowed', retriedSince: null })
    expect(await ends(id)).toMatchObject([{ operator: 'ada', ip: null, outcome: 'failed', request: { select: { all: true } } }])
    expect(JSON.parse((await ends(id))[0]!.result!)).toEqual({ done: 1, trying: 1, failed: 0, total: 4, error: 'not allowed' })
  })

  it('ends one way only, however many end it at once', async () => {
    const { store, id } = await claimed()
    await Promise.all([store.cancel(id), store.finish(id, 'me', 'done'), store.cancel(id)])
    expect(await ends(id)).toMatchObject([{ outcome: (await store.find(id))!.status }])
  })
})

describe('a discard of many letters, on PostgreSQL', () => {
  it('closes those at fault with the reason, and runs what waited', async () => {
    const orderIds = await brokenOrders(2)
    const keyless = poison(null)
    await add(keyless)
    const { tasks } = started()
    const request = { kind: 'discard', select: { all: true } }
    const planned = await tasks.plan(request)
    expect(planned).toMatchObject({ would: 3, orders: 2, total: 3 })
    const { id } = await tasks.start(planned, { ...asked, reason: 'planted', request })
    expect(await done(tasks, id)).toMatchObject({ done: 3 })
    const [discarded, redriven] = [
      { outcome: 'discarded', reason: 'planted' },
      { outcome: 'redriven', reason: null },
    ]
    expect(await lettersOf(orderIds)).toMatchObject([discarded, discarded, redriven, redriven])
    expect(await rows('select count from toys where order_id = any ($1)', orderIds)).toEqual(Array(2).fill({ count: 10 }))
  })
})

describe('dead letters, on PostgreSQL', () => {
  it('are listed page by page, without values that are long, and summed up by code', async () => {
    await brokenOrders(2)
    await add(poison(null, Buffer.alloc(70_000, 65)))
    const { deadLetters } = instance()
    const first = await deadLetters.list({ limit: 3 })
    const rest = await deadLetters.list({ limit: 3, after: first[2]!.id })
    expect([...first, ...rest].map(({ code }) => code)).toEqual(['HANDLER', 'HANDLER', 'WAITING', 'WAITING', 'UNDECODABLE'])
    expect(rest[1]).toMatchObject({ valueBytes: 70_000, message: { value: null } })
    expect((await deadLetters.find(rest[1]!.id))?.message.value).toHaveLength(70_000)
    expect(await deadLetters.summary()).toMatchObject([
      { code: 'HANDLER', open: 2, orders: 2, firstSeen: expect.any(Date), lastSeen: expect.any(Date) },
      { code: 'WAITING', open: 2, orders: 2 },
      { code: 'UNDECODABLE', open: 1, orders: 0 },
    ])
  })
})

describe('one order among many letters, on PostgreSQL', () => {
  it('is read without reading the others, open and ended', async () => {
    await pool.query(`
      insert into parked_events (consumer, key, event_id, topic, partition, "offset", raw_headers, origin, code, error, attempts, ended_at)
      select '${toy.name}', 'order-' || n % 40000, 'e-' || n, 'orders.v1', 0, n, '[]', 'event', 'HANDLER', 'a bug', 1, case when n % 4 > 0 then now() end
      from generate_series(1, 120000) as n`)
    await pool.query('analyze parked_events')
    const plans: string[] = []
    const explaining = {
      async query(text: string, values: unknown[]) {
        const { rows } = await pool.query(`explain ${text}`, values)
        if (text.includes('from parked_events')) plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
        return { rows: [] }
      },
    } as unknown as Pool
    const letters = createDeadLetters(explaining, toy.name)
    await letters.list({ orderId: 'order-7', limit: 10_000 })
    await letters.list({ orderId: 'order-7', open: true, limit: 10_000 })
    await orderRecord(explaining, { name: toy.name, topic: 'payments.v1' }, 'order-7')
    expect(plans).toHaveLength(3)
    for (const plan of plans) expect(plan).toMatch(/Index Cond: \(\(?key = /)
  })
})

describe('the audit, on PostgreSQL', () => {
  it('knows what was begun and never ended, and takes whatever text it is given', async () => {
    const audit = createAudit(pool)
    const entry = { operator: 'ada', ip: '::1', action: 'POST /x', target: { id: 'a\u0000\ud800b' }, request: null, reason: 'a\u0000b' }
    const [ended, crashed] = [await audit.begin(entry), await audit.begin({ ...entry, operator: 'grace' })]
    await audit.end(ended, { outcome: 'done', status: 200, result: '{"open":0}\u0000' })
    expect(await audit.list({ limit: 10 })).toMatchObject([
      { id: crashed, operator: 'grace', outcome: 'started', endedAt: null },
      { id: ended, operator: 'ada', outcome: 'done', status: 200, target: { id: 'a��b' }, reason: 'a�b' },
    ])
    expect(await audit.list({ limit: 10, before: crashed })).toHaveLength(1)
  })
})

describe('the outbox of an operator, on PostgreSQL', () => {
  it('shows who sends and what was set aside, and lets it go again with what waits behind', async () => {
    const orderId = randomUUID()
    await add(placedInput(orderId), placedInput(orderId))
    const outbox = createPostgresOutbox(pool)
    await outbox.acquire('instance-1', 10_000)
    const [row] = await outbox.markAndRead([], { limit: 10, maxBytes: 900_000 })
    await outbox.park(row!, 'too large')
    const operators = instance()
    const { lease, parked } = await operators.outbox()
    expect(lease).toMatchObject({ owner: 'instance-1' })
    expect(parked).toMatchObject([
      { id: row!.id, topic: 'payments.v1', key: orderId, type: 'PaymentCaptured', reason: 'too large', behind: 1 },
    ])
    expect((await operators.order(orderId)).waits).toEqual([
      'waits for an operator: Kafka refuses its PaymentCaptured (too large); remove the reason, then release it',
    ])
    const before = woken.relay
    expect(await operators.releaseParked(row!.id)).toMatchObject({ behind: 1 })
    expect(woken.relay).toBe(before + 1)
    expect(await outbox.markAndRead([], { limit: 10, maxBytes: 900_000 })).toHaveLength(2)
    expect(await operators.releaseParked(row!.id)).toBeUndefined()
  })
})

describe('the effects of an operator, on PostgreSQL', () => {
  /** One attempt at whatever is due. */
  function perform(ring: () => Promise<string>) {
    const runner = startRinging(pool, collector, ring)
    stops.push(() => runner.stop(100))
  }
  const keyOf = (orderId: string) => `ring:${orderId}`
  const refused = (orderId: string) => waitFor(async () => (await instance().effects({ orderId, limit: 1 }))[0]?.status === 'refused')

  it('comes again at once when it was going to wait, but a hold is not shortened', async () => {
    const orderId = randomUUID()
    await add(cancelledInput(orderId))
    const { retryEffect, effects } = instance()
    await pool.query(`update effects set run_at = now() + interval '1 hour' where order_id = $1`, [orderId])
    await expect(retryEffect(keyOf(orderId))).rejects.toMatchObject({
      code: 'EFFECT_NOT_RETRIED',
      message: expect.stringMatching('a hold is not shortened'),
    })
    await pool.query(`update effects set attempts = 3, last_error = 'timeout' where order_id = $1`, [orderId])
    expect(await effects({ status: 'due', limit: 10 })).toMatchObject([{ key: keyOf(orderId), attempts: 3, lastError: 'timeout' }])
    expect((await retryEffect(keyOf(orderId)))!.runAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_000)
    expect(await retryEffect('ring:nobody')).toBeUndefined()
  })

  it('is redriven when it was refused, and what waits behind it then runs', async () => {
    const orderId = randomUUID()
    let broken = true
    await add(cancelledInput(orderId))
    perform(async () => {
      if (broken) throw new EffectRefused('no such number')
      return 'rung'
    })
    await refused(orderId)
    await add(shortInput(orderId))
    const { retryEffect, effects, order } = instance()
    expect(await effects({ status: 'refused', limit: 10 })).toMatchObject([{ key: keyOf(orderId), lastError: 'no such number' }])
    expect(await order(orderId)).toMatchObject({
      parked: true,
      handled: [{ topic: 'orders.v1' }, { topic: 'warehouse.v1' }],
      waits: [expect.stringMatching(/effect ring:.* became dead letter/), '1 later event waits behind that'],
    })
    broken = false
    await retryEffect(keyOf(orderId))
    await waitFor(async () => !(await order(orderId)).parked, { what: 'the order to be free', diagnose: () => order(orderId) })
    expect(await rows('select count, rung from toys where order_id = $1', orderId)).toEqual([{ count: 11, rung: 1 }])
    await expect(retryEffect(keyOf(orderId))).rejects.toMatchObject({ message: expect.stringMatching('it is done') })
  })

  it('counts as tried again, not as done, in a redrive of many', async () => {
    const orderId = randomUUID()
    await add(cancelledInput(orderId))
    perform(() => Promise.reject(new EffectRefused('no such number')))
    await refused(orderId)
    await Promise.all(stops.splice(0).map((stop) => stop()))
    const { tasks } = started()
    const request = { kind: 'redrive', select: { all: true } }
    const { id } = await tasks.start(await tasks.plan(request), { ...asked, request })
    expect(await done(tasks, id)).toMatchObject({ total: 1, done: 0, trying: 1, failed: 0 })
  })

  it('stays refused when its letter was discarded', async () => {
    const orderId = randomUUID()
    await add(cancelledInput(orderId))
    perform(() => Promise.reject(new EffectRefused('never')))
    await refused(orderId)
    const { deadLetters, retryEffect } = instance()
    const [letter] = await deadLetters.list({ orderId, limit: 1 })
    await createRedriver(collector, deadLetters).discard(letter!.id, 'given up')
    await expect(retryEffect(keyOf(orderId))).rejects.toMatchObject({ message: expect.stringMatching('was discarded') })
  })
})
