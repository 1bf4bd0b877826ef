import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { PARTITIONS } from '@quadrille/contracts'
import { type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { Pool } from 'pg'
import { type Collector, createCollector, createKafkaJs, createSetStore, type ReplayingKafka } from '../src/index.ts'
import { createTaskStore, type Task } from '../src/postgres/tasks.ts'
import { readsOf } from '../src/reads.ts'
import { rebuildTask } from '../src/rebuild-task.ts'
import { outboxReplay } from '../src/replay-outbox.ts'
import { replayTask } from '../src/replay-task.ts'
import { replayTopicOf, topicReplay } from '../src/replay-topic.ts'
import { createTaskRunner, type TaskKind, type TaskRequest } from '../src/tasks.ts'
import { pause } from '../src/waker.ts'
import { prefixedKafka } from './prefixed-kafka.ts'
import { listener, sendPlaced } from './replay-world.ts'
import { placedInput } from './toy/inputs.ts'
import { migrateToy, toyRunner } from './toy/stack.ts'
import { toy } from './toy/toy.ts'

jest.setTimeout(120_000)
const quiet = { debug: () => undefined }
const broker = createKafkaJs({ brokers: process.env.TEST_KAFKA_BROKERS!.split(','), clientId: 'replay-test', log: quiet, sessionMs: 6_000 })
const loyal = { name: 'loyalty', consumes: { payments: { PaymentCaptured: () => undefined } } }

let kafka: ReplayingKafka
let database: TestDatabase
let pool: Pool
let collector: Collector
const stops: (() => Promise<unknown>)[] = []
const failed: unknown[] = []

beforeAll(async () => {
  database = await testDatabase(migrateToy, 'replay')
  pool = new Pool({ connectionString: database.url, pipeline: true, max: 8 } as never)
  const onRetry = (error: unknown) => void failed.push(error)
  collector = createCollector({ ...toyRunner(pool), onCommitted: () => undefined, onRetry, onFatal: onRetry })
  kafka = readToTheEnd(prefixedKafka(broker, randomUUID()))
  const names = ['orders.v1', 'warehouse.v1', 'payments.v1', replayTopicOf('payments.v1', 'loyalty')]
  await kafka.createTopics(names.map((name) => ({ name, partitions: PARTITIONS, retentionMs: 3_600_000 })))
  for (const name of names) await waitFor(() => kafka.topicOffsets(name), { deadline: 60_000, what: `leaders of ${name}` })
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})
afterAll(async () => {
  expect(failed).toEqual([])
  await broker.disconnect()
  await pool.end()
  await database.drop()
})

/** Where the services that run nowhere here have come to the end of all topics. */
const readToTheEnd = (real: ReplayingKafka): ReplayingKafka => ({
  ...real,
  async groupOffsets(groupId, topics) {
    if (groupId !== toy.name && groupId !== loyal.name) return real.groupOffsets(groupId, topics)
    const ends = await Promise.all(topics.map(async (topic) => ({ topic, ranges: await real.topicOffsets(topic) })))
    return ends.flatMap(({ topic, ranges }) => ranges.map(({ partition, high: offset }) => ({ topic, partition, offset })))
  },
})

/** A service's tasks, in a process of their own. */
function instance(service: typeof loyal | typeof toy = toy, into: Pick<Collector, 'add' | 'size'> = collector, over = kafka) {
  const options = {
    kafka: over,
    service,
    reads: readsOf(service),
    collector: into,
    log: quiet,
    pause,
  }
  const kind = replayTask({ topic: topicReplay(options as never), outbox: outboxReplay({ service: toy, pool, kafka: over }) })
  const kinds: Record<string, TaskKind> = { replay: kind, rebuild: rebuildTask({ ...options, pool } as never) }
  const store = createTaskStore(pool)
  const runner = createTaskRunner({ store, kinds, owner: randomUUID(), onError: () => undefined, pause, pollMs: 50 })
  runner.start()
  stops.push(runner.stop)
  return {
    kind,
    kinds,
    stop: runner.stop,
    begin: (request: object, ratePerSecond = 100_000) => begin({ kind: 'replay', ...request }, ratePerSecond),
  }

  async function begin(request: TaskRequest, ratePerSecond: number) {
    const { plan, total } = await kinds[request.kind]!.plan(request)
    return store.add({ kind: request.kind, request, plan, total, reason: null, startedBy: 'ada', ratePerSecond })
  }
}
const ended = ({ id }: Task) =>
  waitFor(async () => [await createTaskStore(pool).find(id)].find((task) => task?.status === 'done' || task?.status === 'failed'), {
    deadline: 60_000,
    what: 'the replay',
    diagnose: () => createTaskStore(pool).find(id),
  })
const rows = async (text: string, ...values: unknown[]) => (await pool.query(text, values)).rows

const send = (orderIds: readonly string[]) => sendPlaced(kafka, orderIds)
const orders = (count: number) => Array.from({ length: count }, () => randomUUID())
const counts = async (orderIds: readonly string[]) =>
  rows('select count, count(*)::int as orders from toys where order_id = any ($1) group by count order by count', orderIds)

describe('a replay from topics', () => {
  const whole = { source: 'topic', from: 'beginning' }

  it('delivers what was never handled, and changes nothing where it was, but does so again once the inbox has forgotten', async () => {
    const orderIds = orders(40)
    await send(orderIds)
    const { begin } = instance()
    expect(await ended(await begin(whole))).toMatchObject({ status: 'done', done: 40, total: 40 })
    expect(await counts(orderIds)).toEqual([{ count: 1, orders: 40 }])
    await ended(await begin(whole))
    expect(await counts(orderIds)).toEqual([{ count: 1, orders: 40 }])
    expect(await rows('select count(*)::int as events from outbox where key = any ($1)', orderIds)).toEqual([{ events: 40 }])
    await pool.query('delete from processed_events')
    await ended(await begin(whole))
    expect(await counts(orderIds)).toEqual([{ count: 2, orders: 40 }])
  })

  it('begins at a date or at offsets, and refuses what is not read here', async () => {
    const { kind, begin } = instance()
    const before = await kafka.topicOffsets('orders.v1')
    await wait(5)
    const date = new Date().toISOString()
    await wait(5)
    const orderIds = orders(10)
    await send(orderIds)
    expect(await ended(await begin({ source: 'topic', from: { date } }))).toMatchObject({ done: 10, total: 10 })
    expect(await counts(orderIds)).toEqual([{ count: 1, orders: 10 }])
    const offsets = before.map(({ partition, high }) => ({ topic: 'orders.v1', partition, offset: high }))
    expect(await kind.plan({ kind: 'replay', source: 'topic', from: { offsets } })).toMatchObject({ would: 10, orders: null })
    expect(await kind.plan({ kind: 'replay', source: 'topic', from: { date: '2100-01-01T00:00:00Z' } })).toMatchObject({ would: 0 })
    await expect(kind.plan({ kind: 'replay', source: 'topic', topic: 'email.v1', from: 'beginning' })).rejects.toMatchObject({
      code: 'TASK_REFUSED',
    })
  })

  it('goes on in another process, and leaves nothing in Kafka when it is through', async () => {
    const orderIds = orders(60)
    const before = await kafka.topicOffsets('orders.v1')
    await send(orderIds)
    const offsets = before.map(({ partition, high }) => ({ topic: 'orders.v1', partition, offset: high }))
    const first = instance()
    const task = await underWay(await first.begin({ source: 'topic', from: { offsets } }, 15))
    await first.stop()
    expect(await createTaskStore(pool).find(task.id)).toMatchObject({ status: 'interrupted' })
    instance()
    expect(await ended(task)).toMatchObject({ status: 'done', done: 60 })
    expect(await counts(orderIds)).toEqual([{ count: 1, orders: 60 }])
    await groupIsGone(task)
  })

  it('leaves nothing in Kafka when it is cancelled, whether somebody works on it or not', async () => {
    await send(orders(60))
    const first = instance()
    const task = await underWay(await first.begin(whole, 15))
    await createTaskStore(pool).cancel(task.id)
    await groupIsGone(task)
    const second = await underWay(await first.begin(whole, 15))
    await first.stop()
    const cancelled = await createTaskStore(pool).cancel(second.id)
    await first.kinds.replay!.ended!(cancelled!)
    await groupIsGone(second)
  })

  it('begins at its own beginning, also where a database restored gives it the number of another', async () => {
    const over: ReplayingKafka = { ...kafka, deleteGroup: async () => Promise.reject(new Error('not now')) }
    const { told, ...into } = listener()
    const { begin } = instance(toy, into, over)
    const first = await ended(await begin(whole))
    await pool.query('truncate operator_tasks restart identity')
    await pool.query(`select setval('operator_tasks_id_seq', $1, false)`, [first.id])
    told.length = 0
    const second = await ended(await begin(whole))
    expect(second).toMatchObject({ id: first.id, done: first.done })
    expect(told).toHaveLength(first.done)
  })
})

/** The group of a task, which was there. */
async function groupIsGone({ id, kind }: Task) {
  const [{ run }] = await rows(`select plan->>'run' as run from operator_tasks where id = $1`, id)
  const state = () => broker.groupMembers(`payments.${kind}-${id}-${run}`)
  await waitFor(async () => (await state()).state === 'Dead', { deadline: 30_000, what: 'the group to be gone', diagnose: state })
}

const underWay = async (task: Task) => {
  const some = async () => ((await createTaskStore(pool).find(task.id))?.done ?? 0) > 5
  await waitFor(some, { deadline: 60_000, what: 'some records' })
  return task
}

describe('a replay from an outbox', () => {
  /** Orders with three events each, published as far as the outbox knows; Kafka has never seen them. */
  async function published(count: number) {
    await pool.query('truncate outbox cascade')
    const orderIds = orders(count)
    for (const _ of [1, 2, 3]) await Promise.all(orderIds.map((orderId) => collector.add(placedInput(orderId))))
    await pool.query('update outbox set published_at = now()')
    return orderIds
  }
  it('fills a topic that Kafka has lost, in the order of each key, also when a send fails on the way', async () => {
    const orderIds = await published(30)
    let sends = 0
    const flaky: ReplayingKafka = {
      ...kafka,
      async connectProducer() {
        const producer = await kafka.connectProducer()
        const send: typeof producer.send = async (records) => {
          sends += 1
          if (sends === 2) throw new Error('a broker has gone')
          await producer.send(records)
        }
        return { ...producer, send }
      },
    }
    const { begin, stop } = instance(toy, collector, flaky)
    expect(await ended(await begin({ source: 'outbox', from: 'beginning' }, 60))).toMatchObject({ status: 'done', done: 90, total: 90 })
    await stop() // or it would take the other service's task as well: they share the test's database
    const { told, ...into } = listener()
    await ended(await instance(loyal, into).begin({ source: 'topic', from: 'beginning' }))
    for (const orderId of orderIds)
      expect(told.filter((one) => one.startsWith(orderId))).toEqual([1, 2, 3].map((sequence) => `${orderId} ${sequence}`))
  })

  it('feeds one consumer alone by a topic of its own, and by date', async () => {
    await published(5)
    await pool.query(`update outbox set published_at = now() - interval '20 days' where sequence < 3`)
    const date = new Date(Date.now() - 86_400_000).toISOString()
    const before = await kafka.topicOffsets('payments.v1')
    const { kind, begin, stop } = instance()
    expect(await kind.plan({ kind: 'replay', source: 'outbox', from: { date } })).toMatchObject({ would: 5, orders: null })
    await ended(await begin({ source: 'outbox', from: { date: '2000-01-01T00:00:00Z' }, consumer: 'loyalty' }))
    expect(await kafka.topicOffsets('payments.v1')).toEqual(before)
    await stop()
    const { told, ...into } = listener()
    const topic = replayTopicOf('payments.v1', 'loyalty')
    expect(await ended(await instance(loyal, into).begin({ source: 'topic', topic, from: 'beginning' }))).toMatchObject({ done: 15 })
    expect(told).toHaveLength(15)
  })
})

describe('a rebuild of a journal', () => {
  const journaling = { ...toy, journal: true }
  const journal = () => rows('select event_id, key, headers, payload from processed_events order by event_id')

  it('gives, while events come in, what the live one was, and neither folds nor claims anything', async () => {
    const onRetry = (error: unknown) => void failed.push(error)
    const live = createCollector({
      ...{ ...toyRunner(pool), service: journaling, store: createSetStore(pool, journaling as never) as never },
      ...{ onCommitted: () => undefined, onRetry, onFatal: onRetry },
    })
    await pool.query('truncate processed_events')
    const [orderIds, unclaimed] = [orders(40), orders(5)]
    await send(orderIds)
    await ended(await instance(journaling, live).begin({ source: 'topic', from: 'beginning' }))
    await stops.pop()!()
    const before = await journal()
    await send(unclaimed)
    await pool.query(
      `update processed_events set payload = 'rotten' where event_id < (select percentile_disc(0.5) within group (order by event_id) from processed_events)`,
    )
    await pool.query(`update processed_events set payload = null, headers = null where payload <> 'rotten'`)
    const { begin } = instance(journaling, live)
    const task = await begin({ kind: 'rebuild' }, 100)
    const late = orders(3).map((orderId) => placedInput(orderId))
    await Promise.all(late.map((input) => live.add(input)))
    expect(await ended(task)).toMatchObject({ status: 'done' })
    const lateIds = late.map(({ id }) => id)
    expect((await journal()).filter(({ event_id }) => !lateIds.includes(event_id))).toEqual(before)
    expect(await counts(orderIds)).toEqual([{ count: 1, orders: 40 }])
    expect(await counts(unclaimed)).toEqual([])
  })

  it('is refused where there is none', async () => {
    await expect(instance().begin({ kind: 'rebuild' })).rejects.toMatchObject({
      code: 'TASK_REFUSED',
      message: expect.stringMatching('payments keeps no projection'),
    })
  })
})
