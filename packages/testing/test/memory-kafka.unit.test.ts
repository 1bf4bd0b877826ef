import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Delivery, Kafka } from '@quadrille/messaging'
import { member, newTopic, readUntil, record, sendAll, text } from '../../messaging/test/kafka-world.ts'
import { createBroker, createFaults, createScheduler, type Life, type Mishaps, noMishaps, type Scheduler } from '../src/memory/index.ts'
import { waitFor } from '../src/wait-for.ts'
import { serve } from './memory-serve.ts'

// The part of the contract of Kafka adapters that needs no sockets. What only memory can do is told besides: mishaps on demand.
describe('Kafka in memory', () => {
  let scheduler: Scheduler
  let kafka: Kafka
  let served: ReturnType<typeof serve> | undefined
  let connect: (life: Life) => Kafka

  async function start(mishaps: Partial<Mishaps> = {}) {
    await served?.close()
    scheduler = createScheduler({ seed: 7 })
    const faults = createFaults(scheduler.chance, { mishaps: { ...noMishaps, ...mishaps } })
    const broker = createBroker({ scheduler, faults, topics: [], sessionMs: 1_000 })
    served = serve(scheduler)
    connect = broker.connect
    kafka = broker.connect(served.visitor)
    return { broker, faults }
  }
  beforeEach(async () => void (await start()))
  afterEach(() => served?.close())

  const numbers = (n: number) => Array.from({ length: n }, (_, number) => String(number))
  const kindOf = (send: Promise<unknown>) =>
    send.then(
      () => 'acknowledged',
      (error) => error.kind,
    )

  it('keeps the order given within a partition, and every record in its partition', async () => {
    const topic = await newTopic(kafka, 3)
    await sendAll(
      kafka,
      numbers(30).map((number) => record(topic, number, { partition: Number(number) % 3 })),
    )
    const messages = await readUntil(kafka, [topic], ({ length }) => length >= 30)
    for (const partition of [0, 1, 2])
      expect(messages.filter((message) => message.partition === partition).map(text)).toEqual(
        numbers(30).filter((number) => Number(number) % 3 === partition),
      )
  })

  it('carries key, value and headers byte for byte, whatever they are', async () => {
    const topic = await newTopic(kafka)
    const [key, value, header] = [randomBytes(40), Buffer.from([0, 255, 0, 123]), randomBytes(20)]
    const headers = { plain: 'text', bytes: header, twice: [header, 'two'], absent: undefined }
    await sendAll(kafka, [record(topic, '', { key, value, headers }), record(topic, '', { value: null })])
    const [full, empty] = await readUntil(kafka, [topic], ({ length }) => length >= 2)
    const read = { plain: Buffer.from('text'), bytes: header, twice: [header, Buffer.from('two')] }
    expect(full).toMatchObject({
      topic,
      partition: 0,
      offset: '0',
      key,
      value,
      headers: read,
      timestamp: expect.stringMatching(/^\d{13}$/),
    })
    expect(empty).toMatchObject({ offset: '1', key: null, value: null, headers: {} })
  })

  it('refuses a record that is too large as its own fault, and writes no neighbour', async () => {
    const topic = await newTopic(kafka)
    const producer = await kafka.connectProducer()
    const records = [record(topic, 'before'), record(topic, 'x'.repeat(1_200_000)), record(topic, 'after')]
    expect(await kindOf(producer.send(records))).toBe('record')
    expect(await kafka.topicOffsets(topic)).toEqual([{ partition: 0, low: '0', high: '0' }])
    const wide = await newTopic(kafka, 1, { maxMessageBytes: 2 * 1024 * 1024 })
    expect(await kindOf(producer.send([record(wide, 'x'.repeat(1_200_000))]))).toBe('acknowledged')
  })

  it('blames the environment for an unknown topic', async () => {
    const producer = await kafka.connectProducer()
    expect(await kindOf(producer.send([record(`unknown-${randomUUID()}`, 'v')]))).toBe('environment')
  })

  it('has written what it could not acknowledge, and writes only a part when the connection breaks', async () => {
    const { broker, faults } = await start({ acknowledgement: 1 })
    const topic = await newTopic(kafka)
    const producer = await kafka.connectProducer()
    expect(await kindOf(producer.send([record(topic, 'a')]))).toBe('environment')
    expect(broker.log(topic, 0).messages.map(text)).toEqual(['a'])
    faults.end()
    expect(await kindOf(producer.send([record(topic, 'b')]))).toBe('acknowledged')
    expect(faults.bites).toEqual({ acknowledgement: 1 })
  })

  it('delivers again what was left, and not what was taken', async () => {
    const topic = await newTopic(kafka)
    await sendAll(kafka, [record(topic, 'a')])
    const deliveries: string[] = []
    const deliver = async ({ messages }: Delivery) => deliveries.push(...messages.map(text)) > 1
    await member(kafka, [topic], { deliver })
    await waitFor(() => deliveries.length >= 2)
    await sendAll(kafka, [record(topic, 'b')])
    await waitFor(() => deliveries.length >= 3)
    expect(deliveries).toEqual(['a', 'a', 'b'])
  })

  it('delivers nothing while paused, and goes on', async () => {
    const topic = await newTopic(kafka)
    const { consumption, messages } = await member(kafka, [topic])
    consumption.pause()
    await sendAll(kafka, [record(topic, 'a')])
    await served!.elapse(5_000)
    expect(messages).toEqual([])
    consumption.resume()
    await waitFor(() => messages.length === 1)
  })

  it('begins where the group committed, and tells how far that is', async () => {
    const topic = await newTopic(kafka, 2)
    await sendAll(
      kafka,
      ['a', 'b', 'c'].map((value) => record(topic, value)),
    )
    const first = await member(kafka, [topic])
    await waitFor(() => first.messages.length === 3)
    await first.consumption.commit([{ topic, partition: 0, offset: '2' }])
    await first.consumption.stop()
    const second = await member(kafka, [topic], { groupId: first.groupId })
    await waitFor(() => second.messages.length > 0)
    expect(second.messages.map(text)).toEqual(['c'])
    expect(await kafka.groupOffsets(first.groupId, [topic])).toEqual([
      { topic, partition: 0, offset: '2' },
      { topic, partition: 1, offset: null },
    ])
    await second.consumption.stop()
    expect(await kafka.groupMembers(first.groupId)).toEqual({ members: 0, state: 'Empty' })
  })

  it('gives the partitions of a member that died to the others once its session is over, with what it had not committed', async () => {
    const topic = await newTopic(kafka, 4)
    const doomed = scheduler.begin('doomed')
    const first = await member(kafka, [topic])
    const second = await member(connect(doomed), [topic], { groupId: first.groupId })
    await waitFor(() => first.consumption.joined && second.consumption.joined)
    await sendAll(
      kafka,
      [0, 1, 2, 3].map((partition) => record(topic, String(partition), { partition })),
    )
    await waitFor(() => first.messages.length === 2 && second.messages.length === 2)
    scheduler.crash(doomed)
    await served!.elapse(900)
    expect(first.messages).toHaveLength(2)
    await served!.elapse(200)
    await waitFor(() => new Set(first.messages.map(text)).size === 4)
    expect(first.seen.assignments).toBeGreaterThanOrEqual(2)
  })

  it('ends, and says so, when a delivery throws', async () => {
    const topic = await newTopic(kafka)
    await sendAll(kafka, [record(topic, 'a')])
    const bug = new SyntaxError('a bug of ours')
    const { consumption, crashes } = await member(kafka, [topic], { deliver: () => Promise.reject(bug) })
    await waitFor(() => crashes.length > 0)
    expect(crashes).toEqual([{ error: bug, restarts: false }])
    expect(consumption.joined).toBe(false)
  })

  it('refuses the commit of a member that has to join again', async () => {
    const topic = await newTopic(kafka)
    const { consumption, groupId } = await member(kafka, [topic])
    await waitFor(() => consumption.joined)
    const commit = consumption.commit([{ topic, partition: 0, offset: '1' }])
    const joining = member(kafka, [topic], { groupId })
    await Promise.allSettled([commit, joining])
    await waitFor(() => consumption.joined)
    expect((await kafka.groupMembers(groupId)).members).toBe(2)
  })
})
