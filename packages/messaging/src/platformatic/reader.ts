import { setTimeout as rest } from 'node:timers/promises'
import type { ClusterMetadata, Consumer } from '@platformatic/kafka'
import { KafkaRefusal, partitionName } from '../kafka.ts'
import { createWaker, pause } from '../waker.ts'
import type { KafkaLog } from './client.ts'
import { asRefusal } from './failure.ts'
import { type Batch, hasRoom, type Lane, oldestOf } from './lane.ts'
import { toMessages } from './message.ts'

export interface ReaderOptions {
  /** A client that is in no group. */
  readonly connect: () => Consumer
  readonly topics: readonly string[]
  /** What is to be read now. */
  readonly lanes: () => readonly Lane[]
  readonly onBatch: (lane: Lane, batch: Batch) => void
  readonly onRefused: (error: Error) => void
  readonly log: KafkaLog
}

type Answer = Awaited<ReturnType<Consumer['fetch']>>
type Asked = Parameters<Consumer['fetch']>[0]['topics']

/** A client, and what it knows of the cluster. */
interface Source {
  readonly client: Consumer
  cluster: ClusterMetadata
}

const MAX_WAIT_MS = 500
/** Where a partition is left out because nothing more of it fits, the others' wait ends soon: it may fit again at once. */
const SHORT_WAIT_MS = 50
const REST_MS = 300
const IDLE_MS = 1_000
const MAX_BYTES = 8 * 1024 * 1024
const MAX_BYTES_PARTITION = 512 * 1024
const NOBODY = -1
/** As the protocol numbers it. */
const OFFSET_OUT_OF_RANGE = 1

/**
 * Reads from every leader at once, with one request each under way. The library's own stream keeps all partitions waiting for one,
 * and ends with any request that fails; here the client is thrown away then, and the next one asks anew who leads.
 */
export class Reader {
  readonly #options: ReaderOptions
  readonly #waker = createWaker(pause)
  readonly #asking = new Set<number>()
  #source: Source | undefined
  #ended = false

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** Connects, and asks who leads; rejects if nobody tells. */
  async connect(): Promise<void> {
    const { connect, topics } = this.#options
    const client = connect()
    client.topics.trackAll(...topics)
    try {
      this.#source = { client, cluster: await client.metadata({ topics: [...topics] }) }
    } catch (error) {
      void client.close(true).catch(() => undefined)
      throw asRefusal(error)
    }
  }

  /** Resolves when it is ended. */
  async run(): Promise<void> {
    while (!this.#ended) {
      try {
        if (!this.#source) await this.connect()
        this.#askAll(this.#source!)
        await this.#waker.rest(IDLE_MS)
      } catch (error) {
        await this.#failed(error)
      }
    }
    await this.#discard(this.#source)
  }

  /** There is more to read, or more room. */
  wake() {
    this.#waker.wake()
  }

  end() {
    this.#ended = true
    this.#waker.wake()
  }

  #askAll(source: Source) {
    for (const [leader, led] of Map.groupBy(this.#options.lanes(), (lane) => leaderOf(source, lane))) {
      const open = led.filter(hasRoom)
      if (open.length === 0 || this.#asking.has(leader)) continue
      this.#asking.add(leader)
      void this.#ask(source, leader, open, open.length < led.length ? SHORT_WAIT_MS : MAX_WAIT_MS)
    }
  }

  async #ask(source: Source, leader: number, open: readonly Lane[], maxWaitTime: number) {
    try {
      if (leader === NOBODY) await this.#lookForLeaders(source)
      else await this.#fetch(source, leader, open, maxWaitTime).catch((error) => this.#skipWhatIsGone(source, open, error))
    } catch (error) {
      await this.#failed(error, source)
    }
    this.#asking.delete(leader)
    this.#waker.wake()
  }

  async #fetch(source: Source, node: number, open: readonly Lane[], maxWaitTime: number) {
    const asked = new Map(open.map((lane) => [idOf(source, lane), { lane, from: lane.next }]))
    const { responses } = await source.client.fetch({
      node,
      topics: requestOf(source, open),
      maxWaitTime,
      minBytes: 1,
      maxBytes: MAX_BYTES,
    })
    for (const { topicId, partitions } of responses)
      for (const { partitionIndex, records } of partitions) {
        const at = asked.get(`${topicId}/${partitionIndex}`)
        if (at && records) this.#accept(at.lane, at.from, records)
      }
  }

  /** What was rewound or reassigned in the meantime is read again. */
  #accept(lane: Lane, from: bigint, records: Parameters<typeof toMessages>[1]) {
    if (lane.gone || lane.next !== from) return
    const { messages, next } = toMessages(lane, records, from)
    lane.next = next
    if (messages.length > 0) this.#options.onBatch(lane, { from, messages })
  }

  /** Retention took what was to be read next: on from the oldest that is left. Rethrows all else. */
  async #skipWhatIsGone(source: Source, open: readonly Lane[], error: unknown) {
    const out = outOfRange(error)
    const lost = open.filter((lane) => out.has(idOf(source, lane)))
    if (lost.length === 0) throw error
    const oldest = await oldestOf(source.client, lost)
    for (const lane of lost) lane.next = oldest.get(partitionName(lane))!
    this.#options.log.debug({ partitions: lost.map(partitionName) }, 'what was to be read next is there no more')
  }

  async #lookForLeaders(source: Source) {
    await rest(REST_MS)
    source.cluster = await source.client.metadata({ topics: [...this.#options.topics], forceUpdate: true })
  }

  async #failed(error: unknown, source?: Source) {
    if (this.#ended) return
    const refusal = asRefusal(error)
    if (refusal instanceof KafkaRefusal) return this.#options.onRefused(refusal)
    this.#options.log.debug({ error: refusal.message }, 'reading failed, and begins anew')
    void this.#discard(source)
    await rest(REST_MS)
  }

  async #discard(source: Source | undefined) {
    if (this.#source === source) this.#source = undefined
    await source?.client.close(true).catch(() => undefined)
  }
}

const topicOf = ({ cluster }: Source, { topic }: Lane) => cluster.topics.get(topic)
const leaderOf = (source: Source, lane: Lane) => topicOf(source, lane)?.partitions[lane.partition]?.leader ?? NOBODY

/** As answers name a partition. */
const idOf = (source: Source, lane: Lane) => `${topicOf(source, lane)?.id}/${lane.partition}`

const requestOf = (source: Source, lanes: readonly Lane[]): Asked =>
  [...Map.groupBy(lanes, (lane) => topicOf(source, lane)!.id)].map(([topicId, of]) => ({
    topicId,
    partitions: of.map(({ partition, next }) => ({
      partition,
      fetchOffset: next,
      partitionMaxBytes: MAX_BYTES_PARTITION,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
    })),
  }))

/** Partitions whose next record is there no more. Their error comes with the answer in which it was. */
function outOfRange(error: unknown): Set<string> {
  const { response } = (error ?? {}) as { response?: Answer }
  const all = response?.responses.flatMap(({ topicId, partitions }) => partitions.map((one) => ({ topicId, ...one }))) ?? []
  return new Set(
    all.filter(({ errorCode }) => errorCode === OFFSET_OUT_OF_RANGE).map(({ topicId, partitionIndex }) => `${topicId}/${partitionIndex}`),
  )
}
