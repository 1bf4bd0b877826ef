import { createChance } from '@quadrille/testing/memory'
import { type OutgoingRecord, type Producer, SendError } from '../src/kafka.ts'
import { createRelay } from '../src/relay.ts'
import { createMemoryOutbox } from './memory-outbox.ts'
import { appended } from './outbox-rows.ts'
import { nameOf } from './relay-world.ts'
import { createVirtualTime } from './virtual-time.ts'

export interface History {
  /** Per key: how many events were appended, and what Kafka got, in order, repeats and all. */
  readonly keys: readonly { readonly key: string; readonly appended: number; readonly delivered: readonly number[] }[]
  /** Marked as published, and not in Kafka. */
  readonly missing: readonly string[]
  /** The record that Kafka refuses, `b2` say. */
  readonly poison: string | undefined
  readonly seen: { crashes: number; failures: number; repeats: number }
}

const KEYS = ['a', 'b', 'c', 'd']

/**
 * Three relays at once over one outbox, and nobody keeps them apart: each believes it holds the lease. Calls fail before or after they
 * take effect, processes die between any two calls, transactions commit in another order than their ids, requests reach Kafka in part
 * or long after they were given up. In the end all faults cease and the rest is drained.
 */
export async function runHistory(seed: number): Promise<History> {
  const world = createFaultyWorld(seed)
  const { time, outbox, random, log, poison, seen } = world
  const counts = KEYS.map((key) => ({ key, appended: 1 + Math.floor(random() * 6) }))
  let appending = counts.length
  for (const { key, appended } of counts) void appendAll(world, key, appended).then(() => appending--)
  const processes = ['one', 'two', 'three'].map((owner) => startRelay(world, owner))
  await crashSome(world, processes)
  await time.until(() => appending === 0)
  world.calm = true
  await time.until(() => outbox.unsent() === 0, 600_000)
  for (const process of processes) process.dead = true
  await time.elapse(1_000)

  const written = new Set(log.map(({ headers }) => headers.ce_id))
  const missing = outbox.rows
    .filter(({ published, record }) => published && !written.has(record.headers.ce_id))
    .map(({ record }) => nameOf(record))
  const delivered = (key: string) => log.filter((record) => record.key === key).map(({ headers }) => Number(headers.ce_sequence))
  seen.repeats = log.length - written.size
  return { keys: counts.map((count) => ({ ...count, delivered: delivered(count.key) })), missing, poison, seen }
}

type FaultyWorld = ReturnType<typeof createFaultyWorld>

function createFaultyWorld(seed: number) {
  const random = createChance(seed).next
  const time = createVirtualTime()
  const poison = random() < 0.3 ? `${KEYS[Math.floor(random() * KEYS.length)]}${1 + Math.floor(random() * 4)}` : undefined
  const rest = (ms: number) => time.pause(ms, new AbortController().signal)
  const world = {
    time,
    random,
    poison,
    rest,
    outbox: createMemoryOutbox(time.now),
    log: [] as OutgoingRecord[],
    seen: { crashes: 0, failures: 0, repeats: 0 },
    calm: false,
    delay: () => rest(random() * 20),
    chance: (share: number) => !world.calm && random() < share,
    fail(why: string): never {
      world.seen.failures += 1
      throw new Error(why)
    },
  }
  return world
}

/** Events of a key are committed one after the other; those of different keys, in any order. */
async function appendAll({ outbox, delay, rest, random }: FaultyWorld, key: string, count: number) {
  for (let sequence = 1; sequence <= count; sequence++) {
    await delay()
    const transaction = outbox.open([appended(key, sequence)])
    if (random() < 0.3) await rest(200 * random())
    transaction.commit()
  }
}

async function crashSome(world: FaultyWorld, processes: { dead: boolean }[]) {
  for (let round = 0; round < 6; round++) {
    await world.time.elapse(world.random() * 150)
    if (world.random() < 0.5) continue
    const victim = Math.floor(world.random() * processes.length)
    processes[victim]!.dead = true
    processes[victim] = startRelay(world, `successor ${round}`)
    world.seen.crashes += 1
  }
}

function startRelay(world: FaultyWorld, owner: string): { dead: boolean } {
  const { time, outbox, random } = world
  const process = { dead: false }
  const call = callOf(world, process)
  createRelay({
    store: {
      ...outbox,
      acquire: async () => ({ term: '1' }),
      markAndRead: (...args) => call(() => outbox.markAndRead(...args)),
      park: (...args) => call(() => outbox.park(...args)),
    },
    connectProducer: () => call(async () => producerOf(world, call)),
    pause: (ms, signal) => (process.dead ? new Promise(() => {}) : time.pause(ms, signal)),
    log: { info() {}, warn() {}, error() {} },
    onFatal() {},
    now: time.now,
    batch: 1 + Math.floor(random() * 6),
    owner,
    random,
  }).start()
  return process
}

/** Calls of a process that may die: then the answer never comes. */
function callOf({ delay, chance, fail }: FaultyWorld, process: { dead: boolean }) {
  const alive = () => (process.dead ? new Promise<never>(() => {}) : delay())
  return async <T>(effect: () => Promise<T>): Promise<T> => {
    await alive()
    if (chance(0.08)) fail('it never arrived')
    const value = await effect()
    await alive()
    if (chance(0.08)) fail('the answer was lost')
    return value
  }
}

/** After a failure this producer acknowledges what it never writes, as kafkajs can. */
function producerOf(world: FaultyWorld, call: ReturnType<typeof callOf>): Producer {
  let failed = false
  return {
    async send(records) {
      try {
        await call(() => (failed ? Promise.resolve() : write(world, records)))
      } catch (error) {
        failed = true
        throw error
      }
    },
    disconnect: async () => undefined,
  }
}

/** One request: each partition takes its records all at once or not at all, and perhaps long after the request was given up. */
async function write({ poison, chance, delay, rest, random, log, fail }: FaultyWorld, records: readonly OutgoingRecord[]) {
  if (records.some((record) => nameOf(record) === poison)) throw new SendError('record', 'too large')
  const torn = chance(0.1)
  for (const part of Map.groupBy(records, ({ partition }) => partition).values()) {
    await delay()
    if (!torn || random() < 0.4) log.push(...part)
    else if (random() < 0.5) void rest(random() * 500).then(() => log.push(...part))
  }
  if (torn) fail('some partitions had no leader')
}
