import { describe, expect, it } from '@jest/globals'
import { SendError } from '../src/kafka.ts'
import { appended } from './outbox-rows.ts'
import { createWorld, nameOf, refusing, unreachable } from './relay-world.ts'

const HOUR = 3_600_000

describe('relay, when Kafka works', () => {
  it('sends what was appended, in order, and marks it', async () => {
    const world = createWorld()
    const ids = world.outbox.append([appended('a', 1), appended('b', 1), appended('a', 2)])
    world.relay().start()
    await world.until(() => world.outbox.published().length === 3)
    expect(world.log).toEqual(['a1', 'b1', 'a2'])
    expect(world.outbox.published()).toEqual(ids)
  })

  it('marks nothing before it is acknowledged, and has one request in flight', async () => {
    const world = createWorld()
    const gate = Promise.withResolvers<void>()
    world.send = () => gate.promise
    const relay = world.relay()
    const ids = world.outbox.append([appended('a', 1)])
    relay.start()
    await world.until(() => world.inFlight === 1)
    world.outbox.append([appended('a', 2), appended('b', 1)])
    relay.wake()
    await world.elapse(5_000)
    expect(world.outbox.published()).toEqual([])
    world.send = world.kindly
    gate.resolve()
    await world.until(() => world.outbox.published().length === 3)
    expect(world.outbox.published()[0]).toBe(ids[0])
    expect(world.mostInFlight).toBe(1)
  })

  it('touches no database while a send is in flight', async () => {
    const world = createWorld()
    const gate = Promise.withResolvers<void>()
    world.send = () => gate.promise
    world.outbox.append([appended('a', 1)])
    world.relay().start()
    await world.until(() => world.inFlight === 1)
    const before = world.reads.length
    await world.elapse(30_000)
    expect(world.reads).toHaveLength(before)
    gate.resolve()
  })

  it('sends a large backlog in rounds', async () => {
    const world = createWorld()
    world.outbox.append(Array.from({ length: 1_200 }, (_, i) => appended(`k${i}`, 1)))
    world.relay().start()
    await world.until(() => world.outbox.published().length === 1_200)
    expect(world.sends.map(({ names }) => names.length)).toEqual([500, 500, 200])
  })

  it('rests four times as long as a full round took while somebody waits for an answer, a quarter of a second at most', async () => {
    const world = createWorld()
    const gaps = () => world.sends.map(({ at }, i) => at - (world.sends[i - 1]?.at ?? at)).slice(1)
    let [took, callers] = [1, true]
    world.send = async (records, append) => {
      await world.pause(took, new AbortController().signal)
      append(records)
    }
    world.outbox.append(Array.from({ length: 7 }, (_, i) => appended(`k${i}`, 1)))
    world.relay('one', { batch: 1, givesWay: () => callers }).start()
    await world.until(() => world.sends.length === 3)
    expect(gaps()).toEqual([5, 5])
    took = 100
    await world.until(() => world.sends.length === 5)
    expect(gaps().at(-1)).toBe(350)
    callers = false
    await world.until(() => world.outbox.published().length === 7)
    expect(gaps().at(-1)).toBe(100)
  })

  it('marks the round before and reads the next while a full one is sent, once, and not again', async () => {
    const world = createWorld()
    const gate = Promise.withResolvers<void>()
    const ids = world.outbox.append([1, 2, 3, 4].map((sequence) => appended('a', sequence)))
    world.send = async (records, append) => {
      if (nameOf(records[0]!) === 'a2') await gate.promise
      append(records)
    }
    world.relay('one', { batch: 1 }).start()
    await world.until(() => world.inFlight === 1)
    await world.elapse(1)
    const before = world.reads.length
    await world.elapse(30_000)
    expect({ reads: world.reads.length, marked: world.outbox.published() }).toEqual({ reads: before, marked: [ids[0]] })
    gate.resolve()
    await world.until(() => world.outbox.published().length === 4)
    expect(world.log).toEqual(['a1', 'a2', 'a3', 'a4'])
    expect(world.mostInFlight).toBe(1)
  })
})

describe('relay, when nothing happens', () => {
  it('polls after 20 ms, then less and less often, down to twice a second', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1)])
    world.relay().start()
    await world.elapse(5_000)
    const rests = world.reads.slice(1).map((at, i) => at - world.reads[i]!)
    expect(rests.slice(0, 8)).toEqual([1, 20, 40, 80, 160, 320, 500, 500])
  })

  it('finds what nobody told it of', async () => {
    const world = createWorld()
    world.relay().start()
    await world.elapse(5_000)
    world.outbox.append([appended('a', 1)])
    await world.until(() => world.log.length === 1, 500)
  })

  it('sends at once when woken', async () => {
    const world = createWorld()
    const relay = world.relay()
    relay.start()
    await world.elapse(5_000)
    world.outbox.append([appended('a', 1)])
    const woken = world.now()
    relay.wake()
    await world.until(() => world.sends.length === 1)
    expect(world.now() - woken).toBe(0)
  })
})

describe('relay, when a send fails', () => {
  it('marks nothing, connects a new producer and sends the same rows again, in order', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1), appended('a', 2)])
    world.send = unreachable
    world.relay().start()
    await world.until(() => world.sends.length === 3)
    expect(world.outbox.published()).toEqual([])
    world.send = world.kindly
    await world.until(() => world.outbox.published().length === 2)
    expect(world.sends.map(({ producer }) => producer)).toEqual([1, 2, 3, 4])
    expect(new Set(world.sends.map(({ names }) => names.join()))).toEqual(new Set(['a1,a2']))
    expect(world.connected).toBe(1)
  })

  it('waits longer and longer, and no wake makes it hammer a broker that is down', async () => {
    const world = createWorld()
    const relay = world.relay('one', { random: () => 1 })
    world.outbox.append([appended('a', 1)])
    world.send = unreachable
    relay.start()
    for (let sends = 0; sends < 8; sends++) {
      await world.until(() => world.sends.length > sends)
      relay.wake()
    }
    const waits = world.sends.slice(1).map(({ at }, i) => at - world.sends[i]!.at)
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000])
  })

  it('gives nothing up in an outage of hours, and drains within seconds after it', async () => {
    const world = createWorld()
    const ids = world.outbox.append([appended('a', 1), appended('b', 1)])
    world.send = unreachable
    const relay = world.relay()
    relay.start()
    await world.elapse(3 * HOUR)
    expect(world.outbox.parkedIds()).toEqual([])
    expect(relay.holdsLease).toBe(true)
    world.send = world.kindly
    await world.until(() => world.outbox.published().length === 2, 5_100)
    expect(world.outbox.published()).toEqual(ids)
  })

  it('sends nothing that it read ahead before the rows that failed', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1), appended('a', 2), appended('a', 3)])
    world.send = unreachable
    world.relay('one', { batch: 1 }).start()
    await world.until(() => world.sends.length === 5)
    expect(new Set(world.sends.flatMap(({ names }) => names))).toEqual(new Set(['a1']))
  })

  it('repeats rows whose acknowledgement was lost, and loses none', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1), appended('a', 2)])
    world.send = async (records, append) => {
      world.send = world.kindly
      append(records)
      await unreachable()
    }
    world.relay().start()
    await world.until(() => world.outbox.published().length === 2)
    expect(world.log).toEqual(['a1', 'a2', 'a1', 'a2'])
  })

  it('sends at most the round it has read already while it cannot mark', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1), appended('a', 2), appended('a', 3)])
    let down = false
    const markAndRead: typeof world.store.markAndRead = (...args) =>
      down ? Promise.reject(new Error('the database is down')) : world.store.markAndRead(...args)
    world.relay('one', { batch: 1, store: { ...world.store, markAndRead } }).start()
    await world.until(() => world.inFlight === 1)
    down = true
    await world.elapse(60_000)
    expect(world.log).toEqual(['a1', 'a2'])
    down = false
    await world.until(() => world.outbox.published().length === 3)
    expect(world.log).toEqual(['a1', 'a2', 'a3'])
  })
})

describe('relay, when Kafka refuses a record', () => {
  it('parks its key, and only its key', async () => {
    const world = createWorld()
    const ids = world.outbox.append([appended('a', 1), appended('b', 1), appended('a', 2), appended('b', 2), appended('c', 1)])
    world.send = refusing('b1', world.kindly)
    world.relay().start()
    await world.until(() => world.outbox.published().length === 3)
    world.outbox.append([appended('b', 3), appended('c', 2)])
    await world.until(() => world.outbox.published().length === 4)
    expect(world.log).toEqual(['a1', 'a2', 'c1', 'c2'])
    expect(world.outbox.parkedIds()).toEqual([ids[1]])
    const alerts = world.said.filter(({ level }) => level === 'error')
    expect(alerts).toMatchObject([{ fields: { outboxId: ids[1], key: 'b', reason: 'too large' } }])
  })

  it('forgets what it read ahead: rows of the parked key may be among it', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1), appended('b', 1), appended('b', 2), appended('c', 1)])
    world.send = refusing('b1', world.kindly)
    world.relay('one', { batch: 2 }).start()
    await world.until(() => world.outbox.published().length === 2)
    expect(world.log).toEqual(['a1', 'c1'])
  })

  it('never uses the producer again that was refused', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1), appended('b', 1)])
    world.send = refusing('a1', world.kindly)
    world.relay().start()
    await world.until(() => world.outbox.published().length === 1)
    expect(world.sends.map(({ producer }) => producer)).toEqual([1, 2, 3])
  })

  it('finds out that rows were only too large together', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1), appended('a', 2)])
    world.send = (records) => (records.length > 1 ? Promise.reject(new SendError('record', 'too large')) : world.kindly(records))
    world.relay().start()
    await world.until(() => world.outbox.published().length === 2)
    expect(world.log).toEqual(['a1', 'a2'])
    expect(world.outbox.parkedIds()).toEqual([])
  })

  it('goes no further when Kafka goes away while it searches, and marks what it has sent', async () => {
    const world = createWorld()
    const ids = world.outbox.append([appended('a', 1), appended('b', 1), appended('b', 2), appended('c', 1)])
    let broken = true
    world.send = refusing('c1', (records) => (broken && nameOf(records[0]!) === 'b1' ? unreachable() : world.kindly(records)))
    world.relay().start()
    await world.elapse(60_000)
    expect({ log: world.log, marked: world.outbox.published() }).toEqual({ log: ['a1'], marked: [ids[0]] })
    broken = false
    await world.until(() => world.outbox.published().length === 3)
    expect(world.log).toEqual(['a1', 'b1', 'b2'])
  })

  it('ends the process when Kafka does not let it write, and leaves the lease to others', async () => {
    const world = createWorld()
    world.outbox.append([appended('a', 1)])
    const refusal = new SendError('authorization', 'not allowed')
    world.send = () => Promise.reject(refusal)
    world.relay().start()
    await world.until(() => world.fatal.length > 0)
    await world.elapse(60_000)
    expect(world.fatal).toEqual([refusal])
    expect(world.sends).toHaveLength(1)
    expect(await world.outbox.acquire('two', 1_000)).not.toBeNull()
  })

  it.each(['markAndRead', 'acquire'] as const)('ends the process when PostgreSQL does not let it %s', async (what) => {
    const world = createWorld()
    const lostRight = Object.assign(new Error('permission denied for table outbox'), { code: '42501' })
    Object.assign(world.store, { [what]: () => Promise.reject(lostRight) })
    world.relay().start()
    await world.until(() => world.fatal.length > 0)
    await world.elapse(60_000)
    expect(world.fatal).toEqual([lostRight])
  })

  it('ends the process once when PostgreSQL lets it neither take the lease nor give it back', async () => {
    const world = createWorld()
    const lostRight = Object.assign(new Error('permission denied for table outbox_lease'), { code: '42501' })
    let releases = 0
    const release = async () => {
      releases += 1
      if (releases < 100) throw lostRight
    }
    Object.assign(world.store, { acquire: () => Promise.reject(lostRight), release })
    world.relay().start()
    await world.elapse(60_000)
    expect([world.fatal, releases]).toEqual([[lostRight], 1])
  })
})
