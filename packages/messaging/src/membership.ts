import { backoff } from './backoff.ts'
import type { ConsumerLog } from './consumer.ts'
import { describeError } from './errors.ts'
import type { ConsumeOptions, Consumption, Kafka } from './kafka.ts'
import type { Offsets } from './offsets.ts'
import type { Pause } from './waker.ts'

export interface MembershipOptions {
  readonly kafka: Pick<Kafka, 'consume' | 'topicOffsets'>
  readonly consume: ConsumeOptions
  readonly offsets: Offsets
  readonly log: ConsumerLog
  readonly commitEveryMs: number
  readonly pause: Pause
  readonly ending: AbortSignal
}

/** The way into a consumer group, and what is told to the group from inside. */
export interface Membership {
  /** Tries until it is a member, or ending. */
  join(): Promise<void>
  /** Commits what has moved; what Kafka refuses is told again the next time. */
  commit(): Promise<void>
  /** Resolves when ending. */
  commitOften(): Promise<void>
  readonly consumption: Consumption | undefined
}

export function createMembership({ kafka, consume, offsets, log, commitEveryMs, pause, ending }: MembershipOptions): Membership {
  let consumption: Consumption | undefined

  async function join() {
    for (let attempt = 1; !consumption && !ending.aborted; attempt += 1) {
      try {
        // kafkajs leaves and joins the group ten times a second while a new topic has no leader yet: ask for that first
        await Promise.all(consume.topics.map((topic) => kafka.topicOffsets(topic)))
        consumption = await kafka.consume(consume)
      } catch (error) {
        log.warn({ attempt, error: describeError(error) }, 'consumer cannot join yet')
        await pause(backoff(attempt, { from: 100, to: 5_000 }), ending).catch(() => undefined)
      }
    }
  }

  /** A commit that fails costs repeats, which the claim absorbs. */
  async function commit() {
    const moved = offsets.committable()
    if (!consumption || moved.length === 0) return
    try {
      await consumption.commit(moved)
      offsets.committed(moved)
    } catch (error) {
      log.debug({ error: describeError(error) }, 'offsets were not committed')
    }
  }

  async function commitOften() {
    while (!ending.aborted) {
      await pause(commitEveryMs, ending).catch(() => undefined)
      await commit()
    }
  }

  return {
    join,
    commit,
    commitOften,
    get consumption() {
      return consumption
    },
  }
}
