import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { PARTITIONS } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import { createConsumer } from '../src/consumer.ts'
import { createKafkaJs } from '../src/index.ts'
import type { Task } from '../src/postgres/tasks.ts'
import { readsOf } from '../src/reads.ts'
import { type ReplayFrom, topicReplay } from '../src/replay-topic.ts'
import { pause } from '../src/waker.ts'
import { fakeLog } from './consumer-fakes.ts'
import { prefixedKafka } from './prefixed-kafka.ts'
import { listener, sendPlaced } from './replay-world.ts'

jest.setTimeout(120_000)
const log = fakeLog()
const broker = createKafkaJs({ brokers: process.env.TEST_KAFKA_BROKERS!.split(','), clientId: 'replay-lag-test', log, sessionMs: 6_000 })
const kafka = prefixedKafka(broker, randomUUID())

beforeAll(async () => {
  await kafka.createTopics([{ name: 'orders.v1', partitions: PARTITIONS, retentionMs: 3_600_000 }])
  await waitFor(() => kafka.topicOffsets('orders.v1'), { deadline: 60_000, what: 'leaders' })
})
afterAll(() => broker.disconnect())

const orders = (count: number) => Array.from({ length: count }, () => randomUUID())

/** Consumes orders alone, in a group that no other test knows. */
function lateService() {
  const name = `late-${randomUUID()}`
  return { ...listener(), name, service: { name, consumes: { orders: { OrderPlaced: () => undefined } } } as never }
}

/** All of a replay, step by step; gives what was planned. */
async function replayed({ service, ...collector }: ReturnType<typeof lateService>, from: ReplayFrom) {
  const { plan, step, close, ended } = topicReplay({ kafka, service, reads: readsOf(service), collector, log, pause })
  const planned = await plan({ kind: 'replay', source: 'topic', from })
  const task = { id: '1', plan: planned.plan, done: 0, ratePerSecond: 100_000 }
  const through = async () => {
    const taken = await step(task as Task)
    task.done += taken?.done ?? 0
    return taken === null
  }
  await waitFor(through, { deadline: 60_000, what: 'the replay', diagnose: () => task })
  await close!()
  await ended!(task as Task)
  return planned
}

describe('a replay from topics, beside a consumer that lags', () => {
  async function hasRead(group: string) {
    const [committed, ranges] = await Promise.all([kafka.groupOffsets(group, ['orders.v1']), kafka.topicOffsets('orders.v1')])
    return ranges.every(({ partition, high }) => high === '0' || committed.find((at) => at.partition === partition)?.offset === high)
  }

  it('ends where that has come to, so that it is told of each order in order', async () => {
    const late = lateService()
    const { told, service, name, ...collector } = late
    const failed: unknown[] = []
    const onFatal = (error: unknown) => failed.push(error)
    const consumer = createConsumer({ kafka, service, reads: readsOf(service), collector, log, onFatal })
    await consumer.start()
    const orderIds = orders(24)
    await sendPlaced(kafka, orderIds, 1)
    await waitFor(() => hasRead(name), { deadline: 60_000, what: 'its commits' })
    consumer.pause()
    await sendPlaced(kafka, orderIds, 2)
    await wait(5)
    const date = new Date().toISOString()
    await wait(5)
    await sendPlaced(kafka, orderIds, 3)

    const rest = expect.stringMatching(/^late-\S+ has come to \d+ of \d+, and reads on from there itself$/)
    expect(await replayed(late, { date })).toMatchObject({ would: 0, sample: expect.arrayContaining([expect.objectContaining({ rest })]) })
    expect(await replayed(late, 'beginning')).toMatchObject({ would: 24 })
    consumer.resume()
    await waitFor(() => orderIds.every((orderId) => told.includes(`${orderId} 3`)), { deadline: 60_000, what: 'the last events' })
    await consumer.stop()
    expect(failed).toEqual([])
    for (const orderId of orderIds) {
      const first = new Set(told.filter((one) => one.startsWith(orderId)))
      expect([...first]).toEqual([1, 2, 3].map((sequence) => `${orderId} ${sequence}`))
    }
  })

  it('has nothing to do where that has committed nothing, and says why', async () => {
    const late = lateService()
    await sendPlaced(kafka, orders(24))
    const rest = `${late.name} has committed no offset here yet, and reads all of it itself`
    const { would, sample } = await replayed(late, 'beginning')
    expect({ would, sample: sample[0] }).toEqual({ would: 0, sample: { topic: 'orders.v1', partition: expect.any(Number), rest } })
    expect(late.told).toEqual([])
  })
})
