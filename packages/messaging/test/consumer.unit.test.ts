import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { createConsumer } from '../src/consumer.ts'
import { ignore } from '../src/definition.ts'
import { readsOf } from '../src/reads.ts'
import { fakeCollector, fakeKafka, fakeLog, OrderCancelled, OrderPlaced, orderId, recordOf } from './consumer-fakes.ts'
import { createVirtualTime } from './virtual-time.ts'

const service = { name: 'payments', consumes: { orders: { OrderPlaced: () => ({ state: 0 }), OrderCancelled: ignore } } }
const poison = (offset: number) => recordOf(OrderPlaced, offset, { value: Buffer.from([0, 255, 123]), headers: {} })
const at = (offset: number) => ({ topic: 'orders.v1', partition: 0, offset: String(offset) })

async function consuming({ unreachable = 0, mostWaiting = 100, paused = false } = {}) {
  const [kafka, collector, log, time] = [fakeKafka(unreachable), fakeCollector(), fakeLog(), createVirtualTime()]
  const fatal: unknown[] = []
  const consumer = createConsumer({
    kafka: kafka.kafka,
    service,
    reads: readsOf(service),
    collector,
    log,
    onFatal: (error) => fatal.push(error),
    mostWaiting,
    pause: time.pause,
    now: time.now,
  })
  if (paused) consumer.pause()
  let started = false
  const starting = consumer.start().then(() => (started = true))
  await time.until(() => started, 300_000)
  await starting
  return { kafka, collector, log, time, fatal, consumer }
}

describe('consumer, when records are delivered', () => {
  it('hands them over in order, without waiting until they are saved', async () => {
    const { kafka, collector } = await consuming()
    expect(await kafka.deliver([recordOf(OrderPlaced, 0), poison(1), recordOf(OrderPlaced, 2)])).toBe(true)
    expect(collector.waiting.map(({ input }) => input.kind)).toEqual(['event', 'invalid', 'event'])
  })

  it('parks poison under its order and its position instead of throwing', async () => {
    const { kafka, collector, fatal } = await consuming()
    expect(await kafka.deliver([poison(7)])).toBe(true)
    expect(collector.waiting[0]!.input).toMatchObject({ kind: 'invalid', code: 'UNDECODABLE', id: 'orders.v1/0/7', orderId })
    expect(fatal).toEqual([])
  })

  it('skips what the service does not read, whatever it holds, and counts it as done', async () => {
    const { kafka, collector, time } = await consuming()
    const unknown = recordOf(OrderPlaced, 0, { headers: { ce_id: 'x', ce_type: 'OrderPainted.v1' } })
    const ignored = recordOf(OrderCancelled, 1, { value: Buffer.from('not even JSON') })
    await kafka.deliver([unknown, ignored])
    await time.elapse(1_000)
    expect(collector.waiting).toEqual([])
    expect(kafka.commits).toEqual([[at(2)]])
  })

  it('carries the event’s correlation and trace on', async () => {
    const { kafka, collector } = await consuming()
    await kafka.deliver([recordOf(OrderPlaced, 0)])
    expect(collector.waiting[0]!.input).toMatchObject({
      emitter: 'orders',
      type: 'OrderPlaced',
      fact: { orderId },
      cause: { correlationId: 'c-1' },
    })
  })

  it('reads what it ignores as well where it keeps a journal', () => {
    expect([...readsOf({ ...service, journal: true }).keys()]).toEqual(['OrderPlaced', 'OrderCancelled'])
    expect([...readsOf(service).keys()]).toEqual(['OrderPlaced'])
  })
})

describe('consumer, when offsets are committed', () => {
  it('commits what is saved, once a second, and nothing before', async () => {
    const { kafka, collector, time } = await consuming()
    await kafka.deliver([recordOf(OrderPlaced, 4), recordOf(OrderPlaced, 5), recordOf(OrderPlaced, 6)])
    await time.elapse(3_000)
    expect(kafka.commits).toEqual([])
    await collector.save(2)
    await time.elapse(3_000)
    expect(kafka.commits).toEqual([[at(6)]])
  })

  it('commits again what Kafka refused, without a word', async () => {
    const { kafka, collector, time, log } = await consuming()
    kafka.failCommits(true)
    await kafka.deliver([recordOf(OrderPlaced, 4)])
    await collector.save()
    await time.elapse(2_000)
    kafka.failCommits(false)
    await time.elapse(1_000)
    expect(kafka.commits).toEqual([[at(5)]])
    expect(log.lines.filter((line) => !line.startsWith('debug'))).toEqual([])
  })

  it('forgets at an assignment what an earlier one has finished', async () => {
    const { kafka, collector, time } = await consuming()
    await kafka.deliver([recordOf(OrderPlaced, 4)])
    await collector.save()
    kafka.group.onAssigned([])
    await time.elapse(2_000)
    expect(kafka.commits).toEqual([])
  })
})

describe('consumer, when more waits than it may', () => {
  it('keeps its membership and takes the delivery once there is room', async () => {
    const { kafka, collector, time } = await consuming({ mostWaiting: 1 })
    await kafka.deliver([recordOf(OrderPlaced, 0), recordOf(OrderPlaced, 1)])
    let beats = 0
    const heartbeat = async () => {
      beats += 1
    }
    let taken: boolean | undefined
    const delivering = kafka.deliver([recordOf(OrderPlaced, 2)], { heartbeat }).then((answer) => (taken = answer))
    await time.elapse(15_000)
    expect({ taken, waiting: collector.size, beats: beats > 100 }).toEqual({ taken: undefined, waiting: 2, beats: true })
    await collector.save()
    await time.until(() => taken !== undefined)
    expect(await delivering).toBe(true)
    expect(collector.size).toBe(1)
  })

  it.each([
    ['the group rebalances', { heartbeat: () => Promise.reject(new Error('rebalance in progress')) }],
    ['the delivery is stale', { stale: () => true }],
  ])('leaves the delivery untouched when %s', async (_, more) => {
    const { kafka, collector, time } = await consuming({ mostWaiting: 0 })
    await kafka.deliver([recordOf(OrderPlaced, 0)])
    let taken: boolean | undefined
    const delivering = kafka.deliver([recordOf(OrderPlaced, 1)], more).then((answer) => (taken = answer))
    await time.until(() => taken !== undefined)
    expect(await delivering).toBe(false)
    expect(collector.size).toBe(1)
  })
})

describe('consumer, when it starts and ends', () => {
  it('joins however long Kafka is away', async () => {
    const { consumer, log } = await consuming({ unreachable: 30 })
    expect(consumer.joined).toBe(true)
    expect(log.lines.filter((line) => line === 'warn: consumer cannot join yet')).toHaveLength(30)
  })

  it('pauses, drains, commits, and only then leaves', async () => {
    const { kafka, collector, consumer } = await consuming()
    await kafka.deliver([recordOf(OrderPlaced, 0)])
    const stopping = consumer.stop()
    await turn()
    expect(kafka.calls).toEqual(['pause'])
    await collector.save()
    await stopping
    expect(kafka.calls).toEqual(['pause', 'commit', 'stop'])
    expect(kafka.commits).toEqual([[at(1)]])
  })

  it('leaves also when the database does not come back, and commits nothing then', async () => {
    const { kafka, time, consumer } = await consuming()
    await kafka.deliver([recordOf(OrderPlaced, 0)])
    let stopped = false
    const stopping = consumer.stop().then(() => (stopped = true))
    await time.until(() => stopped, 8_000)
    await stopping
    expect(kafka.calls).toEqual(['pause', 'stop'])
  })

  it('goes on after a crash that Kafka’s client mends, and reports one that it does not', async () => {
    const { kafka, fatal, log } = await consuming()
    kafka.group.onCrash(new Error('connection closed'), true)
    expect(fatal).toEqual([])
    const denied = new Error('not authorized')
    kafka.group.onCrash(denied, false)
    expect(fatal).toEqual([denied])
    expect(log.lines.slice(-2)).toEqual(['warn: consumer lost Kafka and joins again', 'error: consumer ended'])
  })

  it('tells what it should be reading: what it was assigned, unless it is paused', async () => {
    const { kafka, consumer } = await consuming()
    expect(consumer.reading).toEqual([])
    const partitions = [{ topic: 'orders.v1', partition: 3 }]
    kafka.group.onAssigned(partitions)
    expect(consumer.reading).toEqual(partitions)
    consumer.pause()
    expect(consumer.reading).toEqual([])
    consumer.resume()
    expect(consumer.reading).toEqual(partitions)
  })

  it('joins a group also while it is paused, and is expected to finish nothing there', async () => {
    const { kafka, consumer } = await consuming({ paused: true, unreachable: 3 })
    kafka.group.onAssigned([{ topic: 'orders.v1', partition: 3 }])
    expect({ calls: kafka.calls, joined: consumer.joined, reading: consumer.reading }).toEqual({
      calls: ['pause'],
      joined: true,
      reading: [],
    })
    consumer.resume()
    expect(kafka.calls).toEqual(['pause', 'resume'])
  })

  it('tells when a record was last finished', async () => {
    const { kafka, collector, time, consumer } = await consuming()
    await time.elapse(700)
    await kafka.deliver([recordOf(OrderPlaced, 0)])
    expect(consumer.lastProgress).toBe(0)
    await collector.save()
    expect(consumer.lastProgress).toBe(700)
  })

  it('tells how long records have waited without any being finished: nothing, where none waits', async () => {
    const { kafka, collector, time, consumer } = await consuming()
    await time.elapse(700)
    expect(consumer.stalledMs).toBe(0)
    await kafka.deliver([recordOf(OrderPlaced, 0), recordOf(OrderPlaced, 1)])
    await time.elapse(300)
    expect(consumer.stalledMs).toBe(300)
    await collector.save(1)
    await time.elapse(200)
    expect(consumer.stalledMs).toBe(200)
    await collector.save(1)
    expect(consumer.stalledMs).toBe(0)
  })
})
