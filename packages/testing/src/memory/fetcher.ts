import type { Faults } from './faults.ts'
import type { Group, Member } from './group.ts'
import type { Log } from './log.ts'
import type { Scheduler } from './scheduler.ts'

export interface FetcherOptions {
  readonly scheduler: Scheduler
  readonly faults: Faults
  /** The most records of one delivery. */
  readonly mostRecords: number
}

const LONGEST_DELAY_MS = 1_200
const LOOK_AGAIN_MS = 200

/** Delivers a partition to a member: one delivery at a time, while there is something to read and the partition is still this member's. */
export function createFetcher({ scheduler, faults, mostRecords }: FetcherOptions) {
  const { chance, step, rest } = scheduler

  async function turnOf({ life }: Member) {
    while (faults.isDown('kafka')) await rest(life, LOOK_AGAIN_MS)
    if (faults.strikes('delay')) await rest(life, chance.below(LONGEST_DELAY_MS))
    await step(life)
  }

  async function deliver(member: Member, log: Log, from: number, stale: () => boolean) {
    await turnOf(member)
    if (stale()) return
    const messages = log.messages.slice(from, from + 1 + chance.below(mostRecords))
    const heartbeat = async () => {
      await step(member.life)
      if (stale()) throw new Error('the group is rebalancing')
    }
    const taken = await member.options.deliver({ topic: log.topic, partition: log.partition, messages, heartbeat, stale })
    if (taken && !stale()) member.positions.set(log.name, from + messages.length)
  }

  /** A delivery that throws is a bug, and ends the consumption. */
  function crashed(group: Group, member: Member, error: unknown) {
    group.leave(member)
    member.options.onCrash(error as Error, false)
  }

  return async function fetch(group: Group, member: Member, log: Log) {
    const { fetching, positions, generation } = member
    if (fetching.has(log.name)) return
    fetching.add(log.name)
    const stale = () => member.generation !== generation || !group.isCurrent(member) || member.paused
    const next = () => positions.get(log.name) ?? group.committed.get(log.name) ?? 0
    try {
      while (!stale() && next() < log.messages.length) await deliver(member, log, next(), stale)
    } catch (error) {
      crashed(group, member, error)
    } finally {
      fetching.delete(log.name)
    }
  }
}
