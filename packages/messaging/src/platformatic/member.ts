import { setTimeout as rest } from 'node:timers/promises'
import type { Consumer, GroupAssignment } from '@platformatic/kafka'
import { backoff } from '../backoff.ts'
import { KafkaRefusal, type PartitionOffset, type TopicPartition } from '../kafka.ts'
import { pause, within } from '../waker.ts'
import { asRefusal, needsRejoin } from './failure.ts'

export interface MemberOptions {
  readonly connect: () => Consumer
  readonly topics: readonly string[]
  readonly sessionMs: number
  /** At every assignment. */
  readonly onJoined: (consumer: Consumer, partitions: readonly TopicPartition[]) => void
  /** The group rebalances, or has lost this member: nothing is its own until it joins again. */
  readonly onMoving: () => void
  readonly onLost: (error: Error, restarts: boolean) => void
}

/** Attempts to join with one client: a group in which several join at once says no more than once. */
const JOIN_ATTEMPTS = 10
/** What is not mended by so many clients is told. */
const TOLD_AFTER = 5
const LONGEST_JOIN_MS = 60_000
const LEAVE_MS = 3_000

/** A membership, for as long as one client lasts. */
interface Stay {
  readonly consumer: Consumer
  readonly lost: PromiseWithResolvers<never>
  /** When the coordinator last answered. */
  heard: number
}

/** Is a member until it is told to stop. The library joins again by itself when the group moves; all else is begun anew here. */
export class Member {
  readonly #options: MemberOptions
  #stay: Stay | undefined
  #stopped = false
  joined = false

  constructor(options: MemberOptions) {
    this.#options = options
  }

  /** Resolves when it is stopped, or refused for good. */
  async run(): Promise<void> {
    for (let attempt = 1; !this.#stopped; attempt += 1) {
      try {
        await this.#be()
      } catch (error) {
        if (this.joined) attempt = 0
        if (!this.#stopped) this.#tell(asRefusal(error), attempt)
      }
      if (!this.#stopped) await rest(backoff(attempt + 1, { from: 50, to: 2_000 }))
    }
  }

  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    if (!this.#stay?.consumer.isActive()) throw new Error('not a member of the group now')
    await this.#stay.consumer.commit({ offsets: offsets.map((at) => ({ ...toPlace(at), offset: BigInt(at.offset), leaderEpoch: -1 })) })
  }

  /** Begins anew with another client. */
  lose(error: unknown) {
    this.#stay?.lost.reject(error)
  }

  /** Leaves the group, and comes back no more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.joined = false
    const consumer = this.#stay?.consumer
    this.lose(new Error('stopped'))
    if (consumer) await within(pause, LEAVE_MS, leave(consumer))
  }

  #tell(error: Error, attempt: number) {
    const refused = error instanceof KafkaRefusal
    const wasJoined = this.joined
    this.joined = false
    this.#stopped ||= refused
    if (refused || wasJoined || attempt % TOLD_AFTER === 0) this.#options.onLost(error, !refused)
  }

  /** One client's membership; rejects with why it ended. */
  async #be() {
    const { connect, topics, sessionMs, onMoving } = this.#options
    const stay: Stay = { consumer: connect(), lost: Promise.withResolvers(), heard: performance.now() }
    this.#stay = stay
    stay.consumer.topics.trackAll(...topics)
    this.#listen(stay)
    const watch = setInterval(() => lookAfter(stay, sessionMs), sessionMs / 10)
    try {
      await Promise.race([this.#join(stay), stay.lost.promise])
      await stay.lost.promise
    } finally {
      clearInterval(watch)
      this.#stay = undefined
      onMoving()
      if (!this.#stopped) void leave(stay.consumer)
    }
  }

  #listen(stay: Stay) {
    const { onJoined, onMoving } = this.#options
    stay.consumer.on('consumer:group:join', ({ assignments }) => {
      if (this.#stay !== stay) return
      stay.heard = performance.now()
      this.joined = true
      onJoined(stay.consumer, partitionsOf(assignments ?? []))
    })
    stay.consumer.on('consumer:group:rebalance', () => {
      if (this.#stay === stay) onMoving()
    })
    stay.consumer.on('consumer:heartbeat:end', () => {
      stay.heard = performance.now()
    })
    // Its own attempt to join again, of which there is one, has failed; without a listener the process would end here
    const failures = stay.consumer as unknown as { on(event: 'error', listener: () => void): void }
    failures.on('error', () => void this.#join(stay).catch(stay.lost.reject))
  }

  async #join(stay: Stay) {
    for (let attempt = 1; this.#stay === stay; attempt += 1) {
      try {
        return void (await stay.consumer.joinGroup({}))
      } catch (error) {
        if (!needsRejoin(error) || attempt === JOIN_ATTEMPTS) throw error
      }
      await rest(backoff(attempt, { from: 50, to: 1_000 }))
    }
  }
}

/** Beyond its session the group goes on without it, whether or not anybody can tell it so; while it joins, nobody asks. */
function lookAfter({ consumer, heard, lost }: Stay, sessionMs: number) {
  const silentMs = performance.now() - heard
  const most = consumer.isActive() ? sessionMs : LONGEST_JOIN_MS
  if (silentMs > most) lost.reject(new Error(`the coordinator has not answered for ${Math.round(silentMs)} ms`))
}

/** First politely: a closing client would not look for the coordinator. */
async function leave(consumer: Consumer) {
  try {
    await consumer.leaveGroup(true)
  } catch {}
  await consumer.close(true).catch(() => consumer.connections.close())
}

const toPlace = ({ topic, partition }: TopicPartition) => ({ topic, partition })

const partitionsOf = (assignments: readonly GroupAssignment[]): TopicPartition[] =>
  assignments.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
