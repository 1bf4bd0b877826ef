import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import type { Delivery, Kafka } from '../src/kafka.ts'
import { type AdapterOptions, brokers, closeAll, kindOf, member, newTopic, readUntil, record, sendAll, text } from './kafka-world.ts'

const sorted = (...partitions: number[][]) =>
  partitions
    .flat()
    .sort((a, b) => a - b)
    .join(' ')

/** What every adapter of Kafka promises the runtime. */
export function kafkaContract(name: string, create: (options: AdapterOptions) => Kafka) {
  let kafka: Kafka

  beforeAll(() => {
    kafka = create({ brokers })
  })
  afterEach(closeAll)
  afterAll(() => kafka.disconnect())

  describe(`${name}, when records are sent`, () => {
    it('puts each where its partition says, and Java would', async () => {
      const topic = await newTopic(kafka, PARTITIONS)
      const keys = Array.from({ length: 40 }, () => randomUUID())
      await sendAll(
        kafka,
        keys.map((key) => record(topic, key, { key, partition: partitionFor(key, PARTITIONS) })),
      )
      const messages = await readUntil(kafka, [topic], ({ length }) => length >= keys.length)
      expect(messages.map(text).sort()).toEqual([...keys].sort())
      expect(messages.filter(({ key, partition }) => partition !== partitionFor(key!, PARTITIONS))).toEqual([])
    })

    it('keeps the order given within a partition, over several topics and sends', async () => {
      const topics = [await newTopic(kafka), await newTopic(kafka)]
      const producer = await kafka.connectProducer()
      const numbers = Array.from({ length: 90 }, (_, number) => number)
      for (const round of [0, 1, 2]) {
        const part = numbers.slice(round * 30, round * 30 + 30)
        await producer.send(part.map((number) => record(topics[number % 2]!, String(number))))
      }
      await producer.disconnect()
      const messages = await readUntil(kafka, topics, ({ length }) => length >= 90)
      const orderIn = (topic: string) => messages.filter((message) => message.topic === topic).map((message) => Number(text(message)))
      expect(topics.map(orderIn)).toEqual([numbers.filter((n) => n % 2 === 0), numbers.filter((n) => n % 2 === 1)])
    })

    it('carries key, value and headers byte for byte, whatever they are', async () => {
      const topic = await newTopic(kafka)
      const [key, value, header] = [randomBytes(40), Buffer.from([0, 255, 0, 123]), randomBytes(20)]
      const headers = Object.fromEntries([
        ['plain', 'text'],
        ['bytes', header],
        ['twice', [header, 'two']],
        ['empty', ''],
        ['constructor', 'c'],
        ['__proto__', 'p'],
      ])
      await sendAll(kafka, [
        record(topic, '', { key, value, headers }),
        record(topic, '', { key: null, value: null, headers: { absent: undefined } }),
      ])
      const [full, empty] = await readUntil(kafka, [topic], ({ length }) => length >= 2)
      expect(full).toMatchObject({ topic, partition: 0, offset: '0', key, value, timestamp: expect.stringMatching(/^\d{13}$/) })
      expect(Object.entries(full!.headers)).toEqual([
        ['plain', Buffer.from('text')],
        ['bytes', header],
        ['twice', [header, Buffer.from('two')]],
        ['empty', Buffer.from('')],
        ['constructor', Buffer.from('c')],
        ['__proto__', Buffer.from('p')],
      ])
      expect(empty).toMatchObject({ offset: '1', key: null, value: null, headers: {} })
    })

    it('refuses a record that is too large as its own fault, and writes no neighbour of its partition', async () => {
      const topic = await newTopic(kafka)
      const producer = await kafka.connectProducer()
      const records = [record(topic, 'before'), record(topic, 'x'.repeat(1_200_000)), record(topic, 'after')]
      expect(await kindOf(producer.send(records))).toBe('record')
      await producer.disconnect()
      expect(await kafka.topicOffsets(topic)).toEqual([{ partition: 0, low: '0', high: '0' }])
    })

    it('takes a larger one where the topic allows it', async () => {
      const topic = await newTopic(kafka, 1, { maxMessageBytes: 2 * 1024 * 1024 })
      await sendAll(kafka, [record(topic, 'x'.repeat(1_200_000))])
      expect(await kafka.topicOffsets(topic)).toEqual([{ partition: 0, low: '0', high: '1' }])
    })

    it('blames the environment for an unknown topic, and for a broker that is not there', async () => {
      const producer = await kafka.connectProducer()
      expect(await kindOf(producer.send([record(`unknown-${randomUUID()}`, 'v')]))).toBe('environment')
      await producer.disconnect()
      expect(await kindOf(create({ brokers: ['127.0.0.1:1'] }).connectProducer())).toBe('environment')
    })
  })

  describe(`${name}, when records are consumed`, () => {
    it('delivers again what was left, and not what was taken', async () => {
      const topic = await newTopic(kafka)
      await sendAll(kafka, [record(topic, 'a'), record(topic, 'b')])
      const deliveries: string[][] = []
      const deliver = async ({ messages }: Delivery) => deliveries.push(messages.map(text)) > 1
      const { consumption } = await member(kafka, [topic], { deliver })
      await waitFor(() => deliveries.length >= 2, { what: 'the second delivery' })
      await sendAll(kafka, [record(topic, 'c')])
      await waitFor(() => deliveries.length >= 3, { what: 'the third delivery' })
      await consumption.stop()
      expect(deliveries).toEqual([['a', 'b'], ['a', 'b'], ['c']])
    })

    it('delivers nothing while paused, stays a member, and goes on', async () => {
      const topic = await newTopic(kafka)
      const { consumption, messages, groupId } = await member(kafka, [topic])
      consumption.pause()
      await sendAll(kafka, [record(topic, 'a')])
      await readUntil(kafka, [topic], ({ length }) => length > 0)
      expect({ messages, joined: consumption.joined }).toEqual({ messages: [], joined: true })
      expect(await kafka.groupMembers(groupId)).toEqual({ members: 1, state: 'Stable' })
      consumption.resume()
      await waitFor(() => messages.length === 1, { what: 'the record' })
    })

    it('begins where the group committed, and tells how far that is', async () => {
      const topic = await newTopic(kafka, 2)
      await sendAll(
        kafka,
        ['a', 'b', 'c'].map((value) => record(topic, value)),
      )
      const first = await member(kafka, [topic])
      await waitFor(() => first.messages.length === 3, { what: 'all three' })
      await first.consumption.commit([{ topic, partition: 0, offset: '2' }])
      await first.consumption.stop()
      const second = await member(kafka, [topic], { groupId: first.groupId })
      await waitFor(() => second.messages.length > 0, { what: 'the last' })
      expect(second.messages.map(text)).toEqual(['c'])
      expect(await kafka.groupOffsets(first.groupId, [topic])).toEqual([
        { topic, partition: 0, offset: '2' },
        { topic, partition: 1, offset: null },
      ])
      expect(await kafka.topicOffsets(topic)).toContainEqual({ partition: 0, low: '0', high: '3' })
      await second.consumption.stop()
      expect(await kafka.groupMembers(first.groupId)).toEqual({ members: 0, state: 'Empty' })
    })

    it('shares partitions with a second member, and takes them back when it leaves', async () => {
      const topic = await newTopic(kafka, 4)
      const first = await member(kafka, [topic])
      await waitFor(() => first.seen.assignments > 0, { what: 'the first to be alone' }) // or both may join at once
      const second = await member(kafka, [topic], { groupId: first.groupId })
      await waitFor(() => first.seen.assignments >= 2 && second.seen.assignments >= 1, { what: 'both to be assigned' })
      await waitFor(() => sorted(first.seen.partitions, second.seen.partitions) === '0 1 2 3', { what: 'each to hear of its partitions' })
      await sendAll(
        kafka,
        [0, 1, 2, 3].map((partition) => record(topic, String(partition), { partition })),
      )
      await waitFor(() => first.messages.length === 2 && second.messages.length === 2, { what: 'two partitions each' })
      await second.consumption.stop()
      await waitFor(() => first.seen.assignments >= 3, { what: 'the first to have all' })
      expect(sorted(first.seen.partitions)).toBe('0 1 2 3')
      await waitFor(() => first.messages.length >= 4, { what: 'what the second never committed' })
    })

    it('lets a waiting delivery know that the group rebalances', async () => {
      const topic = await newTopic(kafka, 2)
      await sendAll(kafka, [record(topic, 'a')])
      const told: unknown[] = []
      const first = await member(kafka, [topic], {
        async deliver({ heartbeat, stale }) {
          while (told.length === 0 && !stale()) {
            await wait(50)
            await heartbeat().catch((error) => told.push(error))
          }
          return told.length > 1
        },
      })
      await waitFor(() => first.seen.assignments > 0, { what: 'the first to be alone' }) // or both may join at once
      const second = await member(kafka, [topic], { groupId: first.groupId })
      await waitFor(() => told.length > 0 && second.seen.assignments > 0, { deadline: 15_000, what: 'the rebalance' })
    })

    it('lets a waiting delivery know that it is paused, and delivers it again later', async () => {
      const topic = await newTopic(kafka)
      await sendAll(kafka, [record(topic, 'a')])
      const deliveries: string[][] = []
      let left = false
      const { consumption } = await member(kafka, [topic], {
        async deliver({ messages, stale }) {
          deliveries.push(messages.map(text))
          while (deliveries.length === 1 && !stale()) await wait(20)
          left ||= stale()
          return !stale()
        },
      })
      await waitFor(() => deliveries.length === 1, { what: 'the first delivery' })
      consumption.pause()
      await waitFor(() => left, { what: 'the delivery to be left' })
      consumption.resume()
      await waitFor(() => deliveries.length === 2, { what: 'the second delivery' })
      expect(deliveries).toEqual([['a'], ['a']])
    })

    it.each([SyntaxError, Error])('ends, and says so, when a delivery throws: %p', async (Bug) => {
      const topic = await newTopic(kafka)
      await sendAll(kafka, [record(topic, 'a')])
      const { consumption, crashes } = await member(kafka, [topic], { deliver: () => Promise.reject(new Bug('a bug of ours')) })
      await waitFor(() => crashes.length > 0, { what: 'the crash' })
      expect(crashes).toEqual([{ error: expect.objectContaining({ message: expect.stringContaining('a bug of ours') }), restarts: false }])
      expect(consumption.joined).toBe(false)
    })
  })

  describe(`${name}, when topics are created`, () => {
    it('minds neither those that exist nor somebody else creating them at once', async () => {
      const names = Array.from({ length: 5 }, () => ({ name: `t-${randomUUID()}`, partitions: 3, retentionMs: 3_600_000 }))
      await Promise.all([kafka.createTopics(names), create({ brokers }).createTopics(names), kafka.createTopics(names.slice(2))])
      await kafka.createTopics(names)
      const partitions = await waitFor(() => kafka.topicOffsets(names[4]!.name), { what: 'its leaders' })
      expect(partitions).toHaveLength(3)
    })
  })
}
