import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { PARTITIONS } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import type { Message } from '../src/input.ts'
import type { Kafka } from '../src/kafka.ts'
import { createKafkaJs, type KafkaJsOptions } from '../src/kafkajs/index.ts'
import type { OutboxStore } from '../src/outbox.ts'
import { createRelay, type Relay, type RelayOptions } from '../src/relay.ts'
import { pause } from '../src/waker.ts'
import { member, newProxy, newTopic } from './kafka-world.ts'
import { appended } from './outbox-rows.ts'
import { createTestOutbox, type PostgresOutbox } from './postgres-outbox.ts'

const brokers = process.env.TEST_KAFKA_BROKERS!.split(',')
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const connect = (more: Partial<KafkaJsOptions> = {}) => createKafkaJs({ brokers, clientId: 'relay-test', log: silent, ...more })
const patiently = { deadline: 30_000 }
jest.setTimeout(60_000)

describe('relay on PostgreSQL and Kafka', () => {
  let kafka: Kafka
  let outbox: PostgresOutbox
  let topic: string
  let relays: Relay[]
  const fatal: unknown[] = []

  beforeAll(async () => {
    kafka = connect()
    outbox = await createTestOutbox()
  })
  beforeEach(async () => {
    await outbox.clear()
    topic = await newTopic(kafka, PARTITIONS)
    relays = []
  })
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.stop(500)))
    expect(fatal).toEqual([])
  })
  afterAll(async () => {
    await kafka.disconnect()
    await outbox.close()
  })

  function startRelay(store: Partial<OutboxStore> = {}, more: Partial<RelayOptions> = {}): Relay {
    const relay = createRelay({
      store: { ...outbox.store, ...store },
      connectProducer: () => kafka.connectProducer(),
      owner: randomUUID(),
      log: silent,
      onFatal: (error) => fatal.push(error),
      pause,
      ...more,
    })
    relays.push(relay)
    relay.start()
    return relay
  }

  const event = (key: string, sequence: number, value = '{}') => appended(key, sequence, { topic, value })
  const published = (count: number) =>
    waitFor(async () => (await outbox.published()).length === count, { ...patiently, what: `${count} marks`, diagnose: outbox.published })

  /** What the topic holds, read by a consumer of its own: `key` and sequence, in each partition's order. */
  async function delivered(atLeast: number): Promise<string[]> {
    const { consumption, messages } = await member(kafka, [topic])
    await waitFor(() => messages.length >= atLeast, { ...patiently, what: `${atLeast} records`, diagnose: () => messages.map(nameOf) })
    const ends = await kafka.topicOffsets(topic)
    const total = ends.reduce((sum, { high }) => sum + Number(high), 0)
    await waitFor(() => messages.length === total, { ...patiently, what: 'the end of the topic' })
    await consumption.stop()
    return messages.map(nameOf)
  }

  it('delivers what was appended, as it was appended', async () => {
    const appendedEvent = event('a', 1, '{"total":1}')
    await outbox.append([appendedEvent])
    startRelay()
    await published(1)
    const { consumption, messages } = await member(kafka, [topic])
    const message = await waitFor(() => messages[0], patiently)
    await consumption.stop()
    expect({ key: String(message.key), value: String(message.value) }).toEqual({ key: 'a', value: '{"total":1}' })
    expect(String(message.headers.ce_id)).toBe(appendedEvent.headers.ce_id)
  })

  it('neither skips a late committer nor lets its own key overtake it', async () => {
    const late = await outbox.open([event('a', 1)])
    await outbox.append([event('b', 1)])
    const relay = startRelay()
    await published(1)
    await late.commit()
    await outbox.append([event('a', 2), event('b', 2)])
    relay.wake()
    await published(4)
    const names = await delivered(4)
    expect(names.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2'])
    expect(names.filter((name) => name.startsWith('b'))).toEqual(['b1', 'b2'])
  })

  it('repeats, and does not lose, what was acknowledged but not marked when it died', async () => {
    await outbox.append([event('a', 1), event('a', 2)])
    const died = Promise.withResolvers<void>()
    const { markAndRead } = outbox.store
    const dying: OutboxStore['markAndRead'] = (acknowledged, limits) => {
      if (acknowledged.length === 0) return markAndRead(acknowledged, limits)
      died.resolve()
      return new Promise(() => {})
    }
    startRelay({ markAndRead: dying }, { leaseMs: 1_000, renewMs: 60_000 })
    await died.promise
    expect(await outbox.published()).toEqual([])
    startRelay()
    await published(2)
    expect(await delivered(4)).toEqual(['a1', 'a2', 'a1', 'a2'])
  })

  it('is taken over when its holder freezes; the holder adds nothing when it thaws', async () => {
    const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>()
    const { acquire, markAndRead } = outbox.store
    let frozen = false
    const freezing: Partial<OutboxStore> = {
      async acquire(...args) {
        if (frozen) await thawed
        return await acquire(...args)
      },
      async markAndRead(...args) {
        const rows = await markAndRead(...args)
        frozen ||= rows.length > 0
        if (frozen) await thawed
        return rows
      },
    }
    const lease = { leaseMs: 1_000, renewMs: 300 }
    const one = startRelay(freezing, lease)
    await waitFor(() => one.holdsLease, patiently)
    await outbox.append([event('a', 1), event('b', 1), event('a', 2)])
    await waitFor(() => frozen, { ...patiently, what: 'the read that freezes' })
    const two = startRelay({}, lease)
    await published(3)
    thaw()
    await outbox.append([event('a', 3)])
    await published(4)
    expect([one.holdsLease, two.holdsLease]).toEqual([false, true])
    expect((await delivered(4)).toSorted()).toEqual(['a1', 'a2', 'a3', 'b1'])
  })

  it('keeps first deliveries in order even where two are active at once', async () => {
    const everybody = { acquire: async () => ({ term: '1' }) }
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}-`)
    const both = [startRelay(everybody, { batch: 7 }), startRelay(everybody, { batch: 11 })]
    for (let sequence = 1; sequence <= 10; sequence++) {
      await outbox.append(keys.map((key) => event(key, sequence)))
      for (const relay of both) relay.wake()
    }
    await published(200)
    const names = await delivered(200)
    for (const key of keys) {
      const first = [...new Set(names.filter((name) => name.startsWith(key)))]
      expect(first).toEqual(Array.from({ length: 10 }, (_, i) => `${key}${i + 1}`))
    }
  })

  it('parks only the key of a record that Kafka finds too large', async () => {
    await outbox.pool.query('alter table outbox drop constraint if exists outbox_payload_check')
    const [, large, , behind] = await outbox.append([
      event('a', 1),
      event('b', 1, randomBytes(800_000).toString('hex')),
      event('a', 2),
      event('b', 2),
    ])
    startRelay()
    await published(2)
    await waitFor(async () => (await outbox.store.backlog()).parked === 1, patiently)
    expect(await delivered(2)).toEqual(['a1', 'a2'])
    expect(await outbox.store.backlog()).toMatchObject({ unsent: 0, parked: 1 })
    const { rows } = await outbox.pool.query(
      'select id, attempts, last_error is not null as told from outbox where published_at is null order by id',
    )
    expect(rows).toEqual([
      { id: large, attempts: 1, told: true },
      { id: behind, attempts: 0, told: false },
    ])
  })

  it('waits for a topic that does not exist, and parks nothing', async () => {
    topic = `orders.v1-${randomUUID()}`
    await outbox.append([event('a', 1)])
    let failures = 0
    const warn = () => void failures++
    startRelay({}, { log: { ...silent, warn } })
    await waitFor(() => failures >= 2, { ...patiently, what: 'two failures' })
    expect(await outbox.store.backlog()).toMatchObject({ unsent: 1, parked: 0 })
    await kafka.createTopics([{ name: topic, partitions: PARTITIONS, retentionMs: 3_600_000 }])
    await published(1)
    expect(await delivered(1)).toEqual(['a1'])
  })

  it('repeats, and does not lose, what was written when the acknowledgement was lost', async () => {
    const proxy = await newProxy(brokers)
    const behindProxy = connect({ reroute: () => proxy.address })
    startRelay({}, { connectProducer: () => behindProxy.connectProducer() })
    await outbox.append([event('a', 1)])
    await published(1)
    proxy.become({ down: { cut: true } })
    await outbox.append([event('a', 2), event('b', 1)])
    await delivered(3)
    proxy.become({})
    await outbox.append([event('a', 3)])
    await published(4)
    const names = await delivered(6)
    expect([...new Set(names.filter((name) => name.startsWith('a')))]).toEqual(['a1', 'a2', 'a3'])
    expect(names.filter((name) => name === 'b1').length).toBeGreaterThan(1)
    await behindProxy.disconnect()
    await proxy.close()
  })
})

const nameOf = ({ key, headers }: Message) => `${key}${headers.ce_sequence}`
