import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { catalogue, encode, PARTITIONS, partitionFor } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import { createConsumer } from '../src/consumer.ts'
import type { AnyInput, EventInput } from '../src/input.ts'
import type { Kafka, OutgoingRecord } from '../src/kafka.ts'
import { createKafkaJs } from '../src/kafkajs/index.ts'
import { readsOf } from '../src/reads.ts'
import { fakeLog } from './consumer-fakes.ts'
import { newTopic } from './kafka-world.ts'

jest.setTimeout(60_000)
const log = fakeLog()
const kafka = createKafkaJs({ brokers: process.env.TEST_KAFKA_BROKERS!.split(','), clientId: 'consumer-test', log, sessionMs: 6_000 })
const { OrderPlaced } = catalogue.orders

/** A placed order; its key spreads the orders over all partitions. */
function placed(topic: string): OutgoingRecord {
  const [id, orderId] = [randomUUID(), randomUUID()]
  const stamp = { id, time: new Date().toISOString(), correlationId: id, sequence: 1, traceparent: '' }
  const { key, value, headers } = encode(OrderPlaced, { ...OrderPlaced.example, orderId }, stamp)
  return { topic, partition: partitionFor(key, PARTITIONS), key, value, headers }
}

const poison = (topic: string, partition: number): OutgoingRecord => ({
  topic,
  partition,
  key: null,
  value: Buffer.from([0, 255]),
  headers: {},
})

/** Saves what arrives, each set after a moment, as a database would. */
function slowCollector(saved: string[]) {
  let size = 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    async add(input: AnyInput) {
      size += 1
      last = Promise.all([last, wait(Math.random() * 300)])
      await last
      size -= 1
      saved.push((input as EventInput).id)
    },
    get size() {
      return size
    },
    drained: async () => void (await last),
  }
}

const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((consumer) => consumer.stop()))
  await kafka.disconnect()
})

async function start(group: string, topic: string, saved: string[]) {
  const service = { name: group, consumes: { orders: { OrderPlaced: () => undefined } } }
  const onTopic: Pick<Kafka, 'consume' | 'topicOffsets'> = {
    topicOffsets: () => kafka.topicOffsets(topic),
    consume: (options) => kafka.consume({ ...options, topics: [topic] }),
  }
  const fatal: unknown[] = []
  const collector = slowCollector(saved)
  const onFatal = (error: unknown) => fatal.push(error)
  const consumer = createConsumer({ kafka: onTopic, service, reads: readsOf(service), collector, log, onFatal, commitEveryMs: 200 })
  running.push(consumer)
  await consumer.start()
  return { consumer, fatal }
}

async function lagOf(group: string, topic: string): Promise<number> {
  const committed = new Map((await kafka.groupOffsets(group, [topic])).map(({ partition, offset }) => [partition, offset]))
  const ranges = await kafka.topicOffsets(topic)
  return ranges.reduce((sum, { partition, high, low }) => sum + Number(high) - Number(committed.get(partition) ?? low), 0)
}

describe('consumers of one group, while members come and go', () => {
  it('save every record at least once, poison included, and commit only what is saved', async () => {
    const [group, topic] = [`group-${randomUUID()}`, await newTopic(kafka, PARTITIONS)]
    const [saved, sent]: [string[], string[]] = [[], []]
    const producer = await kafka.connectProducer()
    const send = async (count: number) => {
      const records = Array.from({ length: count }, () => placed(topic))
      await producer.send([...records, poison(topic, sent.length % PARTITIONS)])
      sent.push(...records.map(({ headers }) => String(headers.ce_id)))
    }
    await send(100)
    const first = await start(group, topic, saved)
    await waitFor(() => saved.length > 0, { what: 'the first records' })
    const [second] = await Promise.all([start(group, topic, saved), send(100)])
    await waitFor(async () => (await kafka.groupMembers(group)).members === 2, { deadline: 20_000, what: 'two members' })
    await send(100)
    await Promise.all([first.consumer.stop(), send(100)])
    await producer.disconnect()
    await waitFor(async () => (await lagOf(group, topic)) === 0, { deadline: 20_000, what: 'no lag', diagnose: () => log.lines.slice(-30) })
    expect(sent.filter((id) => !saved.includes(id))).toEqual([])
    expect(saved.filter((id) => id.startsWith(`${topic}/`)).length).toBeGreaterThanOrEqual(4)
    expect([first.fatal, second.fatal]).toEqual([[], []])
  })

  it('stay paused through rebalances, and read on where they were when resumed', async () => {
    const [group, topic] = [`group-${randomUUID()}`, await newTopic(kafka, PARTITIONS)]
    const [saved, others, controls]: [string[], string[], string[]] = [[], [], []]
    const producer = await kafka.connectProducer()
    const { consumer, fatal } = await start(group, topic, saved)
    const assigned = (count: number) =>
      waitFor(() => consumer.assigned.length === count, {
        deadline: 30_000,
        what: `${count} partitions`,
        diagnose: () => consumer.assigned,
      })
    await assigned(PARTITIONS)
    consumer.pause()
    await producer.send(Array.from({ length: 100 }, () => placed(topic)))
    const { consumer: second } = await start(group, topic, others)
    await assigned(PARTITIONS / 2)
    await second.stop()
    await assigned(PARTITIONS)
    await start(`${group}-control`, topic, controls)
    await waitFor(() => controls.length >= 100, { deadline: 30_000, what: 'another group to read it all' })
    expect(saved).toEqual([])
    expect(consumer.reading).toEqual([])
    consumer.resume()
    await producer.disconnect()
    await waitFor(async () => (await lagOf(group, topic)) === 0, { deadline: 30_000, what: 'no lag' })
    expect(new Set([...saved, ...others]).size).toBe(100)
    expect(fatal).toEqual([])
  })

  it('repeat nothing after an orderly stop', async () => {
    const [group, topic] = [`group-${randomUUID()}`, await newTopic(kafka, PARTITIONS)]
    const [saved, again]: [string[], string[]] = [[], []]
    const producer = await kafka.connectProducer()
    await producer.send(Array.from({ length: 200 }, () => placed(topic)))
    const { consumer } = await start(group, topic, saved)
    await waitFor(() => saved.length > 0, { what: 'the first records' })
    await consumer.stop()
    expect(await lagOf(group, topic)).toBe(200 - saved.length)
    await start(group, topic, again)
    await producer.send([placed(topic)])
    await producer.disconnect()
    await waitFor(async () => (await lagOf(group, topic)) === 0, { deadline: 20_000, what: 'no lag' })
    expect(new Set([...saved, ...again]).size).toBe(saved.length + again.length)
    expect(saved.length + again.length).toBe(201)
  })
})
