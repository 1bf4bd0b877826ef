import { setTimeout as rest } from 'node:timers/promises'
import { Consumer } from '@platformatic/kafka'
import { backoff } from '../backoff.ts'
import { type ConsumeOptions, type Consumption, KafkaRefusal, type PartitionOffset, type TopicPartition } from '../kafka.ts'
import { type PlatformaticOptions, settingsOf, wired } from './client.ts'
import { Deliveries } from './deliveries.ts'
import { lanesOf } from './lane.ts'
import { Member } from './member.ts'
import { Reader } from './reader.ts'

/** Members that do not come back to a rebalance within this are left out of it; ours come at their next heartbeat. */
const REBALANCE_WITHIN_MS = 15_000
/** A request to join is answered when all have joined: above that. */
const JOINED_WITHIN_MS = 18_000
/** With knowledge that ages, a member would ask who is in the cluster before a heartbeat, maybe one that is frozen. The coordinator tells of moves. */
const KNOWN_FOR_MS = 24 * 3_600_000
const ATTEMPTS = 8

/** Joins a group and hands over what it is assigned. Never commits by itself, and never moves past what was not taken. */
export async function consume(options: PlatformaticOptions, wanted: ConsumeOptions): Promise<Consumption> {
  const consuming = new Consuming(options, wanted)
  await consuming.start()
  return {
    commit: (offsets) => consuming.commit(offsets),
    pause: () => consuming.pause(),
    resume: () => consuming.resume(),
    stop: () => consuming.stop(),
    get joined() {
      return consuming.joined
    },
  }
}

class Consuming implements Consumption {
  readonly #wanted: ConsumeOptions
  readonly #log: PlatformaticOptions['log']
  readonly #deliveries: Deliveries
  readonly #reader: Reader
  readonly #member: Member
  #from: readonly PartitionOffset[]
  #paused = false
  #stopped = false

  constructor(options: PlatformaticOptions, wanted: ConsumeOptions) {
    const { topics, deliver, onCrash, from = [] } = wanted
    const { log, sessionMs = 10_000 } = options
    const crash = (error: Error) => this.#crash(error)
    this.#wanted = wanted
    this.#log = log
    this.#from = from
    const still = () => this.#paused || this.#stopped
    this.#deliveries = new Deliveries({ deliver, still, onRoom: () => this.#reader.wake(), onBug: crash })
    this.#reader = new Reader({
      connect: () => newReader(options, wanted),
      topics,
      lanes: () => (still() ? [] : this.#deliveries.lanes),
      onBatch: (lane, batch) => this.#deliveries.add(lane, batch),
      onRefused: crash,
      log,
    })
    this.#member = new Member({
      connect: () => newMember(options, wanted, sessionMs),
      topics,
      sessionMs,
      onJoined: (consumer, partitions) => void this.#begin(consumer, partitions),
      onMoving: () => this.#deliveries.drop(),
      onLost: (error, restarts) => (restarts ? onCrash(error, true) : crash(error)),
    })
  }

  /** Rejects if Kafka cannot be reached. */
  async start() {
    await patiently(() => this.#reader.connect())
    void this.#reader.run()
    void this.#member.run()
  }

  commit(offsets: readonly PartitionOffset[]) {
    return this.#member.commit(offsets)
  }

  pause() {
    this.#paused = true
  }

  resume() {
    this.#paused = false
    this.#reader.wake()
  }

  async stop() {
    this.#stopped = true
    this.#deliveries.drop()
    this.#reader.end()
    await this.#member.stop()
  }

  get joined() {
    return this.#member.joined
  }

  #crash(error: Error) {
    if (this.#stopped) return
    void this.stop()
    this.#wanted.onCrash(error, false)
  }

  /** Where it is told to begin is committed first: what is assigned later, here or elsewhere, begins there too. */
  async #begin(consumer: Consumer, partitions: readonly TopicPartition[]) {
    const isCurrent = this.#deliveries.renew()
    this.#wanted.onAssigned(partitions)
    try {
      const lanes = await patiently(async () => {
        if (!isCurrent()) return []
        if (this.#from.length > 0) await this.#member.commit(this.#from)
        this.#from = []
        return lanesOf(consumer, partitions)
      })
      if (isCurrent()) this.#deliveries.lanes = lanes
      this.#reader.wake()
    } catch (error) {
      this.#log.debug({ error: String(error) }, 'nobody tells where to begin')
      if (isCurrent()) this.#member.lose(error)
    }
  }
}

const newReader = (options: PlatformaticOptions, { groupId }: ConsumeOptions) =>
  wired(new Consumer({ ...settingsOf(options), groupId }), options)

const newMember = (options: PlatformaticOptions, { groupId }: ConsumeOptions, sessionMs: number) =>
  wired(
    new Consumer({
      ...settingsOf(options),
      groupId,
      requestTimeout: JOINED_WITHIN_MS,
      metadataMaxAge: KNOWN_FOR_MS,
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.floor(sessionMs * 0.3),
      rebalanceTimeout: REBALANCE_WITHIN_MS,
      // As kafkajs calls it: members of both may be in one group while a service moves from one to the other
      protocols: [{ name: 'RoundRobinAssigner', version: 0 }],
    }),
    options,
  )

/** Tries again what may pass. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof KafkaRefusal || attempt === ATTEMPTS) throw error
      await rest(backoff(attempt, { from: 100, to: 2_000 }))
    }
  }
}
