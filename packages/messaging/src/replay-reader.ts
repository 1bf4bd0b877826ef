import type { Collector } from './collector.ts'
import { createIntake } from './intake.ts'
import type { Delivery, Kafka, PartitionOffset, ReplayingKafka, TopicPartition } from './kafka.ts'
import { createOffsets } from './offsets.ts'
import type { Reader, Reads } from './reads.ts'
import type { Stretch } from './replay-topic.ts'
import type { Pause } from './waker.ts'

export interface ReplayReaderOptions {
  readonly kafka: Pick<ReplayingKafka, 'consume' | 'groupOffsets' | 'topicOffsets' | 'deleteGroup'>
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
  /** Stops, and leaves nothing behind in Kafka. */
  forget(): Promise<void>
}

const keyOf = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`
const larger = (one: bigint, other: bigint) => (one > other ? one : other)

export async function createReplayReader(
  options: ReplayReaderOptions,
  { groupId, stretches, ratePerSecond }: Reading,
): Promise<ReplayReader> {
  const { kafka, pause } = options
  const topics = [...new Set(stretches.map(({ topic }) => topic))]
  const next = await beginnings(kafka, groupId, topics, stretches)
  const ends = new Map(stretches.map((stretch) => [keyOf(stretch), BigInt(stretch.to)]))
  const offsets = createOffsets()
  const ending = new AbortController()
  const paced = createPace(ratePerSecond, pause, ending.signal)
  let open = 0
  const onDelivered = (at: PartitionOffset) => {
    offsets.delivered(at)
    open += 1
  }
  const onDone = (at: PartitionOffset) => {
    offsets.done(at)
    open -= 1
  }
  let crashed: unknown
  const onFatal = (error: unknown) => {
    crashed ??= error
  }
  const intake = createIntake({ ...options, onDelivered, onDone, onFatal, ending: ending.signal })

  /** Only what the stretch holds; beyond it the consumer itself reads. */
  async function deliver(delivery: Delivery): Promise<boolean> {
    const end = ends.get(keyOf(delivery)) ?? 0n
    const messages = delivery.messages.filter(({ offset }) => BigInt(offset) < end)
    if (messages.length === 0) return passed(delivery, end)
    return (await paced(delivery, messages.length)) && intake({ ...delivery, messages })
  }

  /** The next record lies beyond the stretch: whatever is missing before it, is not there any more. */
  function passed(delivery: Delivery, end: bigint) {
    if (delivery.messages.length > 0) next.set(keyOf(delivery), end)
    return true
  }

  const told = {
    onAssigned: offsets.clear,
    onCrash(error: Error, restarts: boolean) {
      if (!restarts) onFatal(error)
    },
  }
  const from = stretches.map(({ topic, partition }) => ({ topic, partition, offset: String(next.get(keyOf({ topic, partition }))) }))
  const consumption = topics.length > 0 ? await kafka.consume({ groupId, topics, from, deliver, ...told }) : undefined

  async function commit() {
    const moved = offsets.committable()
    if (moved.length === 0) return
    for (const at of moved) next.set(keyOf(at), larger(BigInt(at.offset), next.get(keyOf(at)) ?? 0n))
    await consumption?.commit(moved).then(
      () => offsets.committed(moved),
      () => undefined,
    ) // a rebalance: the next commit tells the same
  }

  /** What retention takes meanwhile counts as read. */
  async function trim() {
    for (const topic of topics)
      for (const { partition, low } of await kafka.topicOffsets(topic)) {
        const key = keyOf({ topic, partition })
        if (ends.has(key)) next.set(key, larger(next.get(key)!, BigInt(low)))
      }
  }

  async function stop() {
    ending.abort()
    await commit()
    await consumption?.stop()
  }

  return {
    async progress() {
      if (crashed !== undefined) throw crashed
      await commit()
      await trim()
      const read = stretches.map(({ from, to, ...at }) => ({
        length: BigInt(to) - BigInt(from),
        done: next.get(keyOf(at))! - BigInt(from),
      }))
      const done = read.reduce((sum, stretch) => sum + Math.min(Number(stretch.done), Number(stretch.length)), 0)
      return { done, over: open === 0 && read.every((stretch) => stretch.done >= stretch.length) }
    },
    stop,
    async forget() {
      await stop()
      await kafka.deleteGroup(groupId).catch(() => undefined) // it is forgotten by its age, too
    },
  }
}

/** Where an earlier process had committed, or the beginning of each stretch. */
async function beginnings(kafka: Pick<Kafka, 'groupOffsets'>, groupId: string, topics: readonly string[], stretches: readonly Stretch[]) {
  const committed = new Map((await kafka.groupOffsets(groupId, topics)).map((at) => [keyOf(at), at.offset]))
  return new Map(stretches.map((stretch) => [keyOf(stretch), larger(BigInt(stretch.from), BigInt(committed.get(keyOf(stretch)) ?? 0))]))
}

const LONGEST_WAIT_MS = 500

/** Lets records through no faster than the rate, over all partitions; the membership is kept meanwhile. False: leave the delivery. */
function createPace(ratePerSecond: number, pause: Pause, ending: AbortSignal) {
  let free = performance.now()
  return async ({ heartbeat, stale }: Delivery, records: number): Promise<boolean> => {
    const mine = Math.max(free, performance.now())
    free = mine + (records * 1_000) / ratePerSecond
    try {
      while (performance.now() < mine && !ending.aborted && !stale()) {
        await pause(Math.max(1, Math.min(mine - performance.now(), LONGEST_WAIT_MS)), ending)
        await heartbeat()
      }
      return !ending.aborted && !stale()
    } catch {
      return false
    }
  }
}
