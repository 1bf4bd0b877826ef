import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import type { Kafka } from '../src/kafka.ts'
import {
  type AdapterOptions,
  brokers,
  closeAll,
  kindOf,
  member,
  newProxy,
  newTopic,
  readUntil,
  record,
  sendAll,
  text,
} from './kafka-world.ts'

/** What an adapter promises besides while the network fails it: needs a real broker, and a proxy in front of it. */
export function kafkaOutageContract(name: string, create: (options: AdapterOptions) => Kafka) {
  let kafka: Kafka

  beforeAll(() => {
    kafka = create({ brokers })
  })
  afterEach(closeAll)
  afterAll(() => kafka.disconnect())

  describe(`${name}, when acknowledgements are lost`, () => {
    it('rejects the send, and a new producer loses nothing', async () => {
      const proxy = await newProxy(brokers)
      const broken = create({ brokers, reroute: () => proxy.address })
      const topic = await newTopic(kafka)
      const acknowledged: string[] = []
      let producer = await broken.connectProducer()
      await producer.send([record(topic, 'warm')])
      for (const value of ['a', 'b', 'c', 'd', 'e']) {
        const lost = value === 'b' || value === 'd' ? proxy.loseAnswers() : undefined
        const verdict = await kindOf(producer.send([record(topic, value)]))
        await lost
        if (verdict === 'acknowledged') acknowledged.push(value)
        else {
          expect(verdict).toBe('environment')
          await producer.disconnect()
          producer = await broken.connectProducer()
        }
      }
      await producer.disconnect()
      const log = (await readUntil(kafka, [topic], (messages) => messages.some((message) => text(message) === 'e'))).map(text)
      expect(acknowledged).toEqual(['a', 'c', 'e'])
      expect(log).toEqual(['warm', 'a', 'b', 'c', 'd', 'e'])
    })
  })

  describe(`${name}, when the database or the network is away`, () => {
    it('keeps its membership while a delivery waits longer than the session', async () => {
      const topic = await newTopic(kafka)
      await sendAll(kafka, [record(topic, 'a')])
      const waiting = { until: performance.now() + 9_000, taken: 0 }
      const patient = create({ brokers, sessionMs: 6_000 })
      const { seen, groupId } = await member(patient, [topic], {
        async deliver({ heartbeat }) {
          for (; performance.now() < waiting.until; await heartbeat()) await wait(50)
          waiting.taken += 1
          return true
        },
      })
      await waitFor(() => waiting.taken > 0, { deadline: 15_000, what: 'the patient delivery' })
      expect(await kafka.groupMembers(groupId)).toEqual({ members: 1, state: 'Stable' })
      expect({ ...waiting, ...seen }).toMatchObject({ taken: 1, assignments: 1 })
    })

    it('reads on after connections that broke in the middle of an answer', async () => {
      const proxy = await newProxy(brokers)
      const topic = await newTopic(kafka)
      const { consumption, messages, crashes } = await member(create({ brokers, reroute: () => proxy.address }), [topic])
      await waitFor(() => consumption.joined, { what: 'the group' })
      for (const value of ['one', 'two', 'three']) {
        proxy.become({ down: { pieces: { bytes: 30, everyMs: 20 } } })
        await sendAll(kafka, [record(topic, value.padEnd(2_000))])
        const { slowed } = proxy.bites
        await waitFor(() => proxy.bites.slowed > slowed, { what: 'a piece of an answer' })
        proxy.become({})
        proxy.reset()
      }
      const diagnose = () => [...messages.map(text), ...crashes.map(({ error }) => String(error))]
      await waitFor(() => messages.some((message) => text(message).startsWith('three')), {
        deadline: 60_000,
        what: 'the last record',
        diagnose,
      })
      expect(crashes.filter(({ restarts }) => !restarts)).toEqual([])
    }, 90_000)

    it('asks again where no coordinator answers, and joins again', async () => {
      const proxy = await newProxy(brokers)
      const topic = await newTopic(kafka)
      const { consumption, messages, crashes } = await member(create({ brokers, reroute: () => proxy.address }), [topic])
      await waitFor(() => consumption.joined, { what: 'the group' })
      proxy.become({ refuse: true })
      await waitFor(() => !consumption.joined, { deadline: 20_000, what: 'the loss to be noticed' })
      proxy.become({})
      await proxy.loseAnswers(1, asksForCoordinator)
      await sendAll(kafka, [record(topic, 'meanwhile')])
      const diagnose = () => crashes.map(({ error, restarts }) => `${error} ${restarts}`)
      await waitFor(() => messages.length > 0, { deadline: 40_000, what: 'the record', diagnose })
      expect(crashes.filter(({ restarts }) => !restarts)).toEqual([])
    }, 120_000)

    it('begins also where a broker takes the connection, and says too late what it can do', async () => {
      const proxy = await newProxy(brokers)
      const topic = await newTopic(kafka)
      proxy.become({ down: { latencyMs: 10_000 } }) // an answer is waited for 8 s
      const beginning = member(create({ brokers, reroute: () => proxy.address }), [topic])
      await Promise.race([beginning, waitFor(() => proxy.bites.slowed > 1, { deadline: 30_000, what: 'late answers' })])
      proxy.become({})
      await sendAll(kafka, [record(topic, 'meanwhile')])
      const { messages, crashes } = await beginning
      const diagnose = () => crashes.map(({ error, restarts }) => `${error} ${restarts}`)
      await waitFor(() => messages.length > 0, { deadline: 40_000, what: 'the record', diagnose })
      expect(crashes.filter(({ restarts }) => !restarts)).toEqual([])
    }, 120_000)

    it('comes back by itself after an outage, and reads on', async () => {
      const proxy = await newProxy(brokers)
      const topic = await newTopic(kafka)
      const { consumption, messages, crashes } = await member(create({ brokers, reroute: () => proxy.address }), [topic])
      await waitFor(() => consumption.joined, { what: 'the group' })
      proxy.become({ refuse: true })
      await sendAll(kafka, [record(topic, 'meanwhile')])
      await waitFor(() => !consumption.joined, { deadline: 20_000, what: 'the loss to be noticed' })
      expect(messages).toEqual([])
      proxy.become({})
      await waitFor(() => messages.length > 0, { deadline: 25_000, what: 'the record', diagnose: () => crashes.map(String) })
      expect(crashes.filter(({ restarts }) => !restarts)).toEqual([])
    })
  })
}

/** Kafka's header: four bytes of length, two of what is asked. */
const asksForCoordinator = (request: Buffer) => request.length > 6 && request.readInt16BE(4) === 10
