import { type Bookmarks, createBookmarks, type Stretch } from './bookmarks.ts'
import type { Collector } from './collector.ts'
import { createIntake, type Holding, heldBack } from './intake.ts'
import type { Consumption, Delivery, Kafka } from './kafka.ts'
import { createOffsets, type Offsets } from './offsets.ts'
import { createProgress } from './progress.ts'
import type { Reader, Reads } from './reads.ts'
import type { Pause } from './waker.ts'

export interface ReplayReaderOptions {
  readonly kafka: Pick<Kafka, 'consume' | 'groupOffsets' | 'topicOffsets'>
  readonly service: Reader & { readonly name: string }
  readonly reads: Reads
  readonly collector: Pick<Collector, 'add' | 'size'>
  readonly log: { debug(fields: object, message: string): void }
  readonly pause: Pause
}

interface Reading {
  readonly groupId: string
  readonly stretches: readonly Stretch[]
  readonly ratePerSecond: number
}

/** Reads some stretches of topics once more, as the only member of a group of its own. */
export interface ReplayReader {
  /** Commits how far it is, so that whoever comes next goes on there. */
  progress(): Promise<{ readonly done: number; readonly over: boolean }>
  stop(): Promise<void>
}

export async function createReplayReader(
  options: ReplayReaderOptions,
  { groupId, stretches, ratePerSecond }: Reading,
): Promise<ReplayReader> {
  const { kafka } = options
  const topics = [...new Set(stretches.map(({ topic }) => topic))]
  const bookmarks = await createBookmarks(kafka, groupId, topics, stretches)
  const offsets = createOffsets()
  const ending = new AbortController()
  const feed = createFeed({ ...options, ending: ending.signal }, offsets, bookmarks, ratePerSecond)
  const consumption = topics.length > 0 ? await kafka.consume({ groupId, topics, from: bookmarks.next(), ...feed.told }) : undefined

  return {
    async progress() {
      feed.check()
      await commit(consumption, offsets, bookmarks)
      await passForgotten(kafka, topics, bookmarks)
      return { done: bookmarks.done(), over: feed.idle() && bookmarks.over() }
    },
    async stop() {
      ending.abort()
      await commit(consumption, offsets, bookmarks)
      await consumption?.stop()
    },
  }
}

/** Takes what lies in the stretches, no faster than it may, and remembers what ended the reading for good. */
function createFeed(options: ReplayReaderOptions & Holding, offsets: Offsets, bookmarks: Bookmarks, ratePerSecond: number) {
  const records = createProgress(offsets, () => performance.now())
  const paced = createPace(ratePerSecond, options)
  let crash: unknown
  const onFatal = (error: unknown) => {
    crash ??= error
  }
  const intake = createIntake({ ...options, onDelivered: records.delivered, onDone: records.done, onFatal })

  async function deliver(delivery: Delivery): Promise<boolean> {
    const end = bookmarks.endOf(delivery)
    const messages = delivery.messages.filter(({ offset }) => BigInt(offset) < end)
    if (messages.length > 0) return (await paced(delivery, messages.length)) && intake({ ...delivery, messages })
    // The next record lies beyond the stretch: whatever is missing before it, is not there any more.
    if (delivery.messages.length > 0) bookmarks.reach(delivery, end)
    return true
  }

  return {
    told: { deliver, onAssigned: offsets.clear, onCrash: (error: Error, restarts: boolean) => (restarts ? undefined : onFatal(error)) },
    check() {
      if (crash !== undefined) throw crash
    },
    idle: () => records.open === 0,
  }
}

async function commit(consumption: Consumption | undefined, offsets: Offsets, bookmarks: Bookmarks) {
  const moved = offsets.committable()
  if (moved.length === 0) return
  for (const at of moved) bookmarks.reach(at, BigInt(at.offset))
  await consumption?.commit(moved).then(
    () => offsets.committed(moved),
    () => undefined,
  ) // a rebalance: the next commit tells the same
}

/** What retention takes meanwhile counts as read. */
async function passForgotten(kafka: Pick<Kafka, 'topicOffsets'>, topics: readonly string[], bookmarks: Bookmarks) {
  for (const topic of topics)
    for (const { partition, low } of await kafka.topicOffsets(topic)) bookmarks.reach({ topic, partition }, BigInt(low))
}

const LONGEST_WAIT_MS = 500

/** Lets records through no faster than the rate, over all partitions. */
function createPace(ratePerSecond: number, holding: Holding) {
  let free = performance.now()
  return (delivery: Delivery, records: number): Promise<boolean> => {
    const mine = Math.max(free, performance.now())
    free = mine + (records * 1_000) / ratePerSecond
    return heldBack(delivery, () => Math.min(mine - performance.now(), LONGEST_WAIT_MS), holding)
  }
}
