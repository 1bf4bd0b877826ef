import { type Emitter, type EventContract, topicOf } from '@quadrille/contracts'
import type { Pool } from 'pg'
import type { Collector } from './collector.ts'
import type { Consumer } from './consumer.ts'
import { blame, isContention } from './errors.ts'
import { type Kafka, partitionName as keyOf, type Producer, type TopicPartition } from './kafka.ts'
import type { OutboxStore } from './outbox.ts'
import type { Reader } from './reads.ts'
import type { Relay } from './relay.ts'
import type { SetStore } from './store.ts'
import type { Vitals } from './vitals.ts'
import { createWatchdog, type Watchdog, type WatchdogOptions, type Work } from './watchdog.ts'

/** Counts the attempts that came to something, and remembers those that failed for a reason outside. */
export interface Attempts {
  finished(): number
  hindered(): boolean
  /** One that only hinders when it fails, and counts nothing when it does not. */
  needed<T>(attempt: Promise<T>): Promise<T>
  made<T>(attempt: Promise<T>): Promise<T>
}

// Longer than the longest time between two attempts: a statement's timeout and 5 s of backoff.
const REMEMBERED_MS = 15_000

export function createAttempts(now: () => number = () => performance.now()): Attempts {
  let finished = 0
  let hinderedAt = Number.NEGATIVE_INFINITY

  async function needed<T>(attempt: Promise<T>): Promise<T> {
    try {
      return await attempt
    } catch (error) {
      if (isOutside(error)) hinderedAt = now()
      throw error
    }
  }

  return {
    finished: () => finished,
    hindered: () => now() - hinderedAt < REMEMBERED_MS,
    needed,
    async made(attempt) {
      const result = await needed(attempt)
      finished += 1
      hinderedAt = Number.NEGATIVE_INFINITY
      return result
    },
  }
}

/**
 * A full disk, a server that shuts down, a broken connection: no process fares better. Not so a lock that is never let go: its holder
 * may be a connection that this very process has lost sight of, and only its end lets that go. If it is another's, a new process every
 * minute costs little, since nothing moves anyway.
 */
const isOutside = (error: unknown) => blame(error) === 'environment' && !isContention(error)

export const watchedSets = <State, Shared>(store: SetStore<State, Shared>, sets: Attempts): SetStore<State, Shared> => ({
  transact: (work) => sets.made(store.transact(work)),
})

export const watchedReads = (outbox: OutboxStore, sends: Attempts): OutboxStore => ({
  ...outbox,
  markAndRead: (acknowledged, limits) => sends.needed(outbox.markAndRead(acknowledged, limits)),
})

export const watchedSends = (connect: () => Promise<Producer>, sends: Attempts) => async (): Promise<Producer> => {
  const producer = await sends.needed(connect())
  return { send: (records) => sends.made(producer.send(records)), disconnect: () => producer.disconnect() }
}

interface Surroundings extends Pick<WatchdogOptions, 'onFatal' | 'pause'> {
  readonly service: Reader & { readonly name: string; readonly emits: readonly EventContract[] }
  readonly pool: Pool
  readonly kafka: Pick<Kafka, 'groupOffsets' | 'topicOffsets'>
  readonly log: { warn(fields: object, message: string): void }
  readonly watchdogMs: number
}

/** The watchdog of a whole service. */
export function watchdogOf(surroundings: Surroundings, watched: Watched): Watchdog {
  const { service, pool, kafka, log, watchdogMs: limitMs, onFatal, pause } = surroundings
  const consumed = Object.keys(service.consumes).map((emitter) => topicOf(emitter as Emitter))
  const topics = [...new Set([...consumed, ...service.emits.map(({ topic }) => topic)])]
  const probe = async () => {
    await Promise.all([pool.query('select'), ...topics.map((topic) => kafka.topicOffsets(topic))])
    return true
  }
  const onStalled = (work: string, forMs: number) => log.warn({ work, forMs }, 'work stands still')
  return createWatchdog({ works: worksOf(service.name, kafka, watched), probe, limitMs, onStalled, onFatal, pause })
}

interface Watched {
  readonly sets: Attempts
  readonly sends: Attempts
  readonly collector: Pick<Collector, 'size'>
  readonly consumer: Pick<Consumer, 'joined' | 'reading' | 'lastProgress'>
  readonly relay: Pick<Relay, 'holdsLease'>
  readonly vitals: Pick<Vitals, 'backlog'>
}

/** What of a service can stand still, whoever is to blame. Effects are not among them: they wait for the world outside. */
const worksOf = (group: string, kafka: Surroundings['kafka'], { sets, sends, collector, consumer, relay, vitals }: Watched): Work[] => [
  { name: 'sets', finished: sets.finished, hindered: sets.hindered, waiting: () => collector.size > 0 },
  {
    name: 'consumption',
    finished: () => consumer.lastProgress,
    hindered: sets.hindered,
    waiting: async () => consumer.reading.length > 0 && (!consumer.joined || (await lagsBehind(kafka, group, consumer.reading))),
  },
  {
    name: 'sending',
    finished: sends.finished,
    hindered: sends.hindered,
    waiting: () => relay.holdsLease && vitals.backlog.unsent > 0,
  },
]

/** Is there a record in these partitions that the group has not finished? */
export async function lagsBehind(kafka: Pick<Kafka, 'groupOffsets' | 'topicOffsets'>, group: string, reading: readonly TopicPartition[]) {
  const topics = [...new Set(reading.map(({ topic }) => topic))]
  const committed = new Map((await kafka.groupOffsets(group, topics)).map((at) => [keyOf(at), at.offset]))
  const ranges = await Promise.all(topics.map(async (topic) => (await kafka.topicOffsets(topic)).map((range) => ({ topic, ...range }))))
  const mine = new Set(reading.map(keyOf))
  return ranges.flat().some((range) => mine.has(keyOf(range)) && nextOf(committed.get(keyOf(range)), range.low) < BigInt(range.high))
}

/** What retention has taken from the topic, nobody waits for. */
function nextOf(committed: string | null | undefined, low: string): bigint {
  const [next, oldest] = [BigInt(committed ?? low), BigInt(low)]
  return next > oldest ? next : oldest
}
