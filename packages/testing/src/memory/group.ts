import type { ConsumeOptions, PartitionOffset } from '@quadrille/messaging'
import type { Log, Logs } from './log.ts'
import type { Life, Scheduler } from './scheduler.ts'

/** A process's membership of a group, as the broker knows it. */
export interface Member {
  readonly life: Life
  readonly options: ConsumeOptions
  /** The generation it has joined; until it joins the current one it is given nothing more. */
  generation: number
  joining: boolean
  paused: boolean
  left: boolean
  readonly fetching: Set<string>
  readonly positions: Map<string, number>
}

/** A consumer group: who reads which partition from where. */
export interface Group {
  readonly members: readonly Member[]
  readonly committed: Map<string, number>
  /** Of all that were ever members. */
  readonly topics: Set<string>
  join(life: Life, options: ConsumeOptions): Member
  leave(member: Member): void
  /** Everybody joins again, and reads again what is not committed. */
  rebalance(): void
  /** Refused when the group has moved on since `generation`. */
  commit(member: Member, generation: number, offsets: readonly PartitionOffset[]): void
  /** Something was appended there, or may be read again. */
  wake(log: Log): void
  isCurrent(member: Member): boolean
}

export interface GroupOptions {
  readonly scheduler: Scheduler
  readonly server: Life
  readonly sessionMs: number
  readonly logs: Pick<Logs, 'written'>
  readonly note: (bite: string) => void
  readonly fetch: (group: Group, member: Member, log: Log) => void
}

const newMember = (life: Life, options: ConsumeOptions): Member => ({
  life,
  options,
  generation: 0,
  joining: false,
  paused: false,
  left: false,
  fetching: new Set(),
  positions: new Map(),
})

export function createGroup({ scheduler, server, sessionMs, logs, note, fetch }: GroupOptions): Group {
  const committed = new Map<string, number>()
  let generation = 0
  const isCurrent = (member: Member) => member.generation === generation && !member.joining && !member.left

  function rebalance() {
    generation += 1
    if (group.members.some(({ fetching }) => fetching.size > 0)) note('rebalanceInFlight')
    for (const member of group.members) rejoin(member)
  }

  /** Only once its deliveries under way are over, as kafkajs does. */
  function rejoin(member: Member) {
    if (member.joining || member.left) return
    member.joining = true
    const attempt = () => (member.fetching.size > 0 ? scheduler.after(member.life, 5, attempt) : joined(member))
    scheduler.post(member.life, attempt)
  }

  function joined(member: Member) {
    Object.assign(member, { joining: false, generation })
    member.positions.clear()
    const isMine = ({ topic, place }: Log) =>
      group.members[place % group.members.length] === member && member.options.topics.includes(topic)
    member.options.onAssigned(logs.written(member.options.topics).filter(isMine))
    for (const log of logs.written(member.options.topics)) group.wake(log)
  }

  function expel(member: Member) {
    group.members = group.members.filter((one) => one !== member)
    rebalance()
  }

  /** Frozen for longer than its session: what it had in hand it goes on with, and finds out only then that it must join again. */
  function frozen(member: Member, ms: number) {
    if (ms <= sessionMs) return
    scheduler.after(server, sessionMs, () => {
      if (member.left || member.life.expelled || !member.life.alive) return
      member.life.expelled = true
      note('sessionLost')
      expel(member)
      scheduler.after(member.life, 0, () => comeBack(member))
    })
  }

  function comeBack(member: Member) {
    if (member.left) return
    member.life.expelled = false
    group.members.push(member)
    rebalance()
  }

  function remove(member: Member) {
    if (member.left) return
    member.left = true
    expel(member)
  }

  const group: Group & { members: Member[] } = {
    members: [],
    committed,
    topics: new Set(),
    join(life, options) {
      const member = newMember(life, options)
      group.members.push(member)
      for (const topic of options.topics) group.topics.add(topic)
      life.onFreeze((ms) => frozen(member, ms))
      life.onEnd(() => scheduler.after(server, sessionMs, () => remove(member)))
      rebalance()
      return member
    },
    leave: remove,
    rebalance,
    commit(member, asOf, offsets) {
      if (asOf !== generation || !isCurrent(member)) throw new Error('the group is rebalancing')
      for (const { topic, partition, offset } of offsets) committed.set(`${topic}/${partition}`, Number(offset))
    },
    wake(log) {
      const member = group.members[log.place % group.members.length]
      if (member && isCurrent(member) && member.options.topics.includes(log.topic)) fetch(group, member, log)
    },
    isCurrent,
  }
  return group
}
