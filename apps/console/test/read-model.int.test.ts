import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { catalogue, type EventContract, encode, PARTITIONS, partitionFor, topics } from '@quadrille/contracts'
import { createKafkaJs, eachAlone, uuidv7 } from '@quadrille/messaging'
import { createLog, createPool, migrate } from '@quadrille/service-kit'
import { type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import type { Pool } from 'pg'
import { createConsole } from '../src/app.ts'
import type { Kept } from '../src/model/event.ts'
import { countsFound, countsOf, eventsOf, heldOrders, prune, standings, standingsOf } from '../src/model/look.ts'
import { createReadModel } from '../src/model/read-model.ts'
import { save } from '../src/model/save.ts'

jest.setTimeout(60_000)

const log = createLog({ service: 'console', level: 'silent' })
const migrations = new URL('../src/migrations/', import.meta.url)

let database: TestDatabase
let pool: Pool
beforeAll(async () => {
  database = await testDatabase(async (url) => void (await migrate(url, migrations, { readsOnly: true })), 'console')
  pool = createPool({ service: 'console', url: database.url, connections: 4, log })
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})

const event = (orderId: string, type: string, at: number, more: Partial<Kept> = {}): Kept => ({
  ...{ id: randomUUID(), orderId, type, at, emitter: 'orders', topic: 'orders.v1', partition: 3, offset: '7' },
  ...{ data: {}, causationId: null, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, payload: '{"a":"\\u0000"}', headers: '{}' },
  ...more,
})
const placed = (orderId: string, customer = 'c-1', at = 1_000) =>
  event(orderId, 'OrderPlaced', at, { data: { total: 2_580, currency: 'EUR', customer: { id: customer } } })

describe('the read model', () => {
  it('takes an event once, delivered twice in one set, in two, and at once on two connections', async () => {
    const orderId = uuidv7()
    const [first, second] = [placed(orderId), event(orderId, 'PaymentCaptured', 2_000)]
    const before = await countsOf(eachAlone(pool))
    expect(await save(pool, [first, first])).toHaveLength(1)
    const saved = await Promise.all([save(pool, [first, second]), save(pool, [second, first]), save(pool, [second])])
    expect(saved.flat()).toMatchObject([{ orderId, status: 'paid', total: 2_580, placedAt: 1_000, changedAt: 2_000 }])
    expect(await save(pool, [first, second])).toEqual([])
    const after = await countsOf(eachAlone(pool))
    expect(after).toEqual({ ...before, paid: before.paid + 1 })
    expect(await eventsOf(eachAlone(pool), saved.flat()[0]!, true)).toMatchObject([
      { type: 'OrderPlaced', ms: 0, payload: { a: '\0' }, traceId: 'a'.repeat(32), offset: '7' },
      { type: 'PaymentCaptured', ms: 1_000 },
    ])
  })

  it('loses nothing when the first events of an order come at once on two connections', async () => {
    const orderIds = Array.from({ length: 100 }, () => uuidv7())
    await Promise.all([
      save(
        pool,
        orderIds.map((id) => placed(id)),
      ),
      save(
        pool,
        orderIds.map((id) => event(id, 'OrderDispatched', 3_000)),
      ),
    ])
    const found = await standingsOf(eachAlone(pool), orderIds)
    expect(found.filter(({ status, total }) => status === 'dispatched' && total === 2_580)).toHaveLength(100)
  })

  it('finds orders by status, by their number, by their customer, page by page, newest first', async () => {
    const trx = eachAlone(pool)
    const customer = `c-${randomUUID().slice(0, 8)}`
    const orderIds = Array.from({ length: 5 }, () => uuidv7())
      .sort()
      .reverse()
    await save(
      pool,
      orderIds.map((id) => placed(id, customer)),
    )
    await save(pool, [event(orderIds[0]!, 'OrderCancelled', 2_000)])
    const ids = async (asked: object, stuck: string[] = []) =>
      (await standings(trx, { limit: 100, ...asked }, stuck)).map(({ orderId }) => orderId)
    expect(await ids({ search: customer })).toEqual(orderIds)
    expect(await ids({ search: customer, limit: 2, before: orderIds[1] })).toEqual(orderIds.slice(2, 4))
    expect(await ids({ search: customer, status: 'open' })).toEqual(orderIds.slice(1))
    expect(await ids({ search: customer, status: 'cancelled' })).toEqual([orderIds[0]])
    expect(await ids({ search: customer, status: 'stuck' }, [orderIds[3]!])).toEqual([orderIds[3]])
    expect(await ids({ search: orderIds[2]!.slice(-8) })).toEqual([orderIds[2]])
    expect(await ids({ search: orderIds[2]!.slice(-8, -2).toUpperCase() })).toContain(orderIds[2])
    expect(await ids({ search: orderIds[4]! })).toEqual([orderIds[4]])
    expect(await ids({ search: `%'_` })).toEqual([])
    expect(await countsFound(trx, customer, [orderIds[3]!])).toMatchObject({ counts: { placed: 4, cancelled: 1 }, stuck: 1 })
  })

  it('tells which orders have an event where nobody has read, and since when', async () => {
    const [read, unread, foreign] = [uuidv7(), uuidv7(), uuidv7()]
    const at = (orderId: string, type: string, offset: number, when: number) =>
      event(orderId, type, when, { topic: 'payments.v1', partition: 9, offset: String(offset) })
    await save(pool, [
      at(read, 'PaymentCaptured', 4, 1_000),
      at(unread, 'PaymentCaptured', 5, 2_000),
      at(unread, 'PaymentFailed', 6, 3_000),
      at(foreign, 'PaymentRefunded', 7, 4_000),
    ])
    const from = (committed: number | null, partition = 9) => [{ topic: 'payments.v1', partition, committed }]
    const held = (...unread: ReturnType<typeof from>) => heldOrders(eachAlone(pool), ['PaymentCaptured', 'PaymentFailed'], unread)
    expect(await held(...from(5))).toEqual([{ orderId: unread, since: 2_000 }])
    expect((await held(...from(null))).map(({ orderId }) => orderId)).toEqual([read, unread].sort())
    expect(await held(...from(0, 8))).toEqual([])
    expect(await held()).toEqual([])
  })

  it('forgets what is old, with its events and its place in the counts', async () => {
    const trx = eachAlone(pool)
    const [old, young] = [uuidv7(), uuidv7()]
    await save(pool, [placed(old, 'c-1', Date.now() - 31 * 86_400_000), placed(young, 'c-1', Date.now())])
    const before = await countsOf(trx)
    expect(await trx.query('select from orders where order_id = any ($1::uuid[])', [[old, young]])).toHaveLength(2)
    let removed = 0
    for (let some = 1; some > 0; removed += some) some = await prune(trx, 30, 50)
    const after = await countsOf(trx)
    const left = await trx.query<{ order_id: string }>('select order_id from orders')
    expect(left.map(({ order_id }) => order_id)).toEqual([young])
    expect(await trx.query('select from events')).toHaveLength(1)
    expect(Object.values(before).reduce((sum, n) => sum + n) - removed).toBe(1)
    expect(after).toMatchObject({ placed: 1, paid: 0, dispatched: 0 })
  })
})

const brokers = process.env.TEST_KAFKA_BROKERS!.split(',')

describe('the read model, on real Kafka', () => {
  const kafka = createKafkaJs({ brokers, clientId: 'console-model-test', log })
  const group = `console-${randomUUID().slice(0, 8)}`
  const fails = (error: unknown) => {
    throw error
  }
  const reading = (url: string) => createReadModel({ url, kafka, log, group, onFatal: fails })
  const models: ReturnType<typeof reading>[] = []
  const start = (url = database.url) => {
    const model = reading(url)
    models.push(model)
    model.start()
    return model
  }
  afterAll(async () => {
    await Promise.all(models.map((model) => model.stop()))
    await kafka.disconnect()
  })

  async function publish(contract: EventContract, orderId: string, data: object) {
    const stamp = { id: uuidv7(), time: new Date().toISOString(), correlationId: orderId, sequence: 1, traceparent: '' }
    const { key, value, headers } = encode(contract, { ...data, orderId } as never, stamp)
    return { topic: contract.topic, partition: partitionFor(key, PARTITIONS), key, value, headers }
  }

  it('follows an order, passes by what it cannot read, and goes on after a database that was away', async () => {
    await kafka.createTopics(topics)
    const led = () => Promise.all(topics.map(({ name }) => kafka.topicOffsets(name))).then(() => true)
    await waitFor(() => led().catch(() => false), { deadline: 20_000 })
    const orderId = uuidv7()
    const { OrderPlaced, OrderCancelled } = catalogue.orders
    const one = await publish(OrderPlaced, orderId, OrderPlaced.example)
    const two = await publish(OrderCancelled, orderId, { by: 'operator' })
    const producer = await kafka.connectProducer()
    await producer.send([one, { ...one, value: '{"no":"order"}', headers: { ...one.headers, ce_id: 'broken-1' } }])

    const nowhere = new URL(database.url)
    nowhere.pathname = '/nowhere'
    const lost = start(nowhere.href)
    await waitFor(() => lost.state().failure?.includes('nowhere'), { deadline: 20_000, diagnose: lost.state })
    const view = { view: () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined }) }
    const app = createConsole(view, undefined, partsWith(lost))
    expect((await app.inject('/readyz?verbose')).json()).toMatchObject({ status: 'ok', readModel: { database: false } })
    expect((await app.inject('/api/orders')).statusCode).toBe(503)
    await app.close()

    const model = start()
    const changed: string[] = []
    model.changes.on('changed', (standings) =>
      changed.push(...standings.filter((one) => one.orderId === orderId).map(({ status }) => status)),
    )
    await waitFor(() => changed.includes('placed'), { deadline: 30_000, diagnose: model.state })
    await waitFor(() => model.state().unreadable >= 1, { deadline: 10_000, diagnose: model.state })
    await pool
      .query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
      .catch(() => undefined)
    await producer.send([two])
    await waitFor(() => changed.includes('cancelled'), { deadline: 30_000, diagnose: model.state })
    await producer.disconnect()
    const [event] = await eventsOf(model, (await standingsOf(model, [orderId]))[0]!, true)
    expect(event!.payload).toMatchObject({ customer: { id: 'c-1', email: '***' }, paymentToken: '***' })
    expect(model.state()).toMatchObject({ database: true, joined: true, failure: null })
  })

  it('is filled again where its database was emptied', async () => {
    const orderId = uuidv7()
    const record = await publish(catalogue.orders.OrderPlaced, orderId, catalogue.orders.OrderPlaced.example)
    const producer = await kafka.connectProducer()
    await producer.send([record])
    await producer.disconnect()
    const emptied = await testDatabase(async (url) => void (await migrate(url, migrations, { readsOnly: true })), 'console')
    const client = createPool({ service: 'console', url: emptied.url, connections: 1, log })
    for (const _ of ['filled', 'emptied and filled again']) {
      const model = createReadModel({ url: emptied.url, kafka, log, group: `${group}-again`, onFatal: fails })
      model.start()
      const isThere = () => standingsOf(model, [orderId]).then((found) => found.length === 1)
      await waitFor(isThere, { deadline: 30_000, diagnose: model.state })
      await model.stop()
      await client.query('truncate events, orders, order_counts')
    }
    await client.end()
    await emptied.drop()
  })
})

const partsWith = (model: ReturnType<typeof createReadModel>) => ({
  model,
  watch: { changes: { on: () => undefined, off: () => undefined } as never, services: () => [], stuck: () => undefined },
  rates: { now: () => ({ rates: {}, consumed: {} }) },
  history: { shown: () => ({ at: [], series: [] }) },
  addresses: { services: {} } as never,
  tokens: { change: undefined, look: undefined },
  handsOverToken: false,
  links: {},
})
