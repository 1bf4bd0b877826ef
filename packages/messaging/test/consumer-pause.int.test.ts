import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { catalogue, encode, PARTITIONS, partitionFor } from '@quadrille/contracts'
import { type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { Pool } from 'pg'
import { createKafkaJs, createRuntime, type Runtime } from '../src/index.ts'
import { createPauseStore } from '../src/postgres/consumer-pause.ts'
import { fakeLog } from './consumer-fakes.ts'
import { prefixedKafka } from './prefixed-kafka.ts'
import { createRecorder } from './recorder.ts'
import { migrateToy } from './toy/stack.ts'
import { toy } from './toy/toy.ts'

jest.setTimeout(120_000)
const { OrderPlaced } = catalogue.orders
const prefix = randomUUID()
const service = { ...toy, name: `payments-${prefix}` }

/** One Kafka for each process: whoever stops disconnects it. */
const newKafka = () =>
  prefixedKafka(
    createKafkaJs({ brokers: process.env.TEST_KAFKA_BROKERS!.split(','), clientId: 'pause-test', log: fakeLog(), sessionMs: 6_000 }),
    prefix,
  )
const kafka = newKafka()
let database: TestDatabase
let pool: Pool
const running: Runtime[] = []

beforeAll(async () => {
  database = await testDatabase(migrateToy, 'pause')
  pool = new Pool({ connectionString: database.url, pipeline: true, max: 16 } as never)
  const names = ['orders.v1', 'warehouse.v1', 'payments.v1']
  await kafka.createTopics(names.map((name) => ({ name, partitions: PARTITIONS, retentionMs: 3_600_000 })))
  for (const name of names) await waitFor(() => kafka.topicOffsets(name), { deadline: 60_000, what: `leaders of ${name}` })
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((runtime) => runtime.stop()))
  await pool.query('truncate consumer_pause')
})
afterAll(async () => {
  await kafka.disconnect()
  await pool.end()
  await database.drop()
})

/** A whole instance of the service, as a process has it. */
async function instance() {
  const onFatal = (error: unknown) => {
    throw error
  }
  const { instruments } = createRecorder()
  const world = { ring: async () => 'rung' }
  const runtime = createRuntime({ service, world, pool, kafka: newKafka(), log: fakeLog(), instruments, onFatal })
  running.push(runtime)
  await runtime.start()
  const { consumer } = runtime.operators
  const paused = (by: string | null) =>
    waitFor(() => (consumer.state().paused?.by ?? null) === by, { what: `paused by ${by}`, diagnose: consumer.state })
  return { ...consumer, stop: runtime.stop, paused }
}

const joined = (...instances: Awaited<ReturnType<typeof instance>>[]) =>
  waitFor(() => instances.every(({ state }) => state().joined && state().partitions.length === (2 * PARTITIONS) / instances.length), {
    ...{ deadline: 60_000, what: 'every instance to have its share', diagnose: () => instances.map(({ state }) => state()) },
  })

/** One order for every partition, so that each instance has some. */
async function placeEverywhere(): Promise<string[]> {
  const orders = new Map<number, string>()
  while (orders.size < PARTITIONS) {
    const orderId = randomUUID()
    orders.set(partitionFor(orderId, PARTITIONS), orderId)
  }
  const records = [...orders].map(([partition, orderId]) => {
    const stamp = { id: randomUUID(), time: new Date().toISOString(), correlationId: orderId, sequence: 1, traceparent: '' }
    return { topic: 'orders.v1', partition, ...encode(OrderPlaced, { ...OrderPlaced.example, orderId }, stamp) }
  })
  const producer = await kafka.connectProducer()
  await producer.send(records)
  await producer.disconnect()
  return [...orders.values()]
}

const handled = async (orderIds: readonly string[]) =>
  (await pool.query('select 1 from toys where order_id = any ($1)', [orderIds])).rowCount

/** Whoever is not paused has read these by now: somebody else has, who began later. */
async function readByOthers(orderIds: readonly string[]) {
  const read = new Set<string>()
  const consumption = await kafka.consume({
    ...{ groupId: `others-${randomUUID()}`, topics: ['orders.v1'], onAssigned: () => undefined, onCrash: () => undefined },
    async deliver({ messages }) {
      for (const { key } of messages) read.add(String(key))
      return true
    },
  })
  await waitFor(() => orderIds.every((orderId) => read.has(orderId)), { deadline: 60_000, what: 'others to read them' })
  await consumption.stop()
}

describe('a pause, with two instances of a service on PostgreSQL and Kafka', () => {
  it('holds both, also one that is started again, until it is resumed at either', async () => {
    const [one, other] = [await instance(), await instance()]
    await joined(one, other)
    await one.pause('a look', 'ada')
    await expect(other.pause('me too', 'grace')).rejects.toMatchObject({ code: 'ALREADY_PAUSED', message: expect.stringMatching('by ada') })
    await other.paused('ada')
    const orderIds = await placeEverywhere()
    await other.stop()
    const again = await instance()
    await again.paused('ada')
    await joined(one, again)
    await readByOthers(orderIds)
    expect(await handled(orderIds)).toBe(0)
    expect(await again.resume()).toMatchObject({ reason: 'a look', by: 'ada', since: expect.any(Date) })
    await one.paused(null)
    await waitFor(async () => (await handled(orderIds)) === PARTITIONS, { deadline: 60_000, what: 'all orders to be handled' })
    expect(await again.resume()).toBeNull()
  })
})

describe('the row of a pause, on PostgreSQL', () => {
  it('is there once, whoever comes at the same time, and takes whatever text it is given', async () => {
    const { begin, read, end } = createPauseStore(pool)
    const tried = await Promise.all(['ada', 'grace', 'joan'].map((by) => begin('a\u0000look', by)))
    expect(tried.filter(({ begun }) => begun)).toHaveLength(1)
    expect(new Set(tried.map(({ by }) => by)).size).toBe(1)
    expect(await read()).toMatchObject({ reason: 'a\ufffdlook', by: tried[0]!.by })
    expect(await end()).toMatchObject({ by: tried[0]!.by })
    expect([await read(), await end()]).toEqual([null, null])
  })
})
