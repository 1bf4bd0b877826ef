import { type ConsumeOptions, type PartitionOffset, partitionName } from '@quadrille/messaging'
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

export const createGroup = (options: GroupOptions): Group => new MemoryGroup(options)

class MemoryGroup implements Group {
  members: readonly Member[] = []
  readonly committed = new Map<string, number>()
  readonly topics = new Set<string>()
  readonly #options: GroupOptions
  #generation = 0

  constructor(options: GroupOptions) {
    this.#options = options
  }

  isCurrent(member: Member) {
    return member.generation === this.#generation && !member.joining && !member.left
  }

  wake(log: Log) {
    const member = this.members[log.place % this.members.length]
    if (member && this.isCurrent(member) && member.options.topics.includes(log.topic)) this.#options.fetch(this, member, log)
  }

  commit(member: Member, asOf: number, offsets: readonly PartitionOffset[]) {
    if (asOf !== this.#generation || !this.isCurrent(member)) throw new Error('the group is rebalancing')
    for (const at of offsets) this.committed.set(partitionName(at), Number(at.offset))
  }

  join(life: Life, options: ConsumeOptions) {
    const { scheduler, server, sessionMs } = this.#options
    const member = newMember(life, options)
    for (const topic of options.topics) this.topics.add(topic)
    life.onFreeze((ms) => this.#frozen(member, ms))
    life.onEnd(() => scheduler.after(server, sessionMs, () => this.leave(member)))
    this.#admit(member)
    return member
  }

  leave(member: Member) {
    if (member.left) return
    member.left = true
    this.#expel(member)
  }

  rebalance() {
    this.#generation += 1
    if (this.members.some(({ fetching }) => fetching.size > 0)) this.#options.note('rebalanceInFlight')
    for (const member of this.members) this.#rejoin(member)
  }

  /** Only once its deliveries under way are over, as kafkajs does. */
  #rejoin(member: Member) {
    if (member.joining || member.left) return
    const { scheduler } = this.#options
    member.joining = true
    const attempt = () => (member.fetching.size > 0 ? scheduler.after(member.life, 5, attempt) : this.#joined(member))
    scheduler.post(member.life, attempt)
  }

  #joined(member: Member) {
    Object.assign(member, { joining: false, generation: this.#generation })
    member.positions.clear()
    const { topics, onAssigned } = member.options
    const isMine = ({ topic, place }: Log) => this.members[place % this.members.length] === member && topics.includes(topic)
    onAssigned(this.#options.logs.written(topics).filter(isMine))
    for (const log of this.#options.logs.written(topics)) this.wake(log)
  }

  #admit(member: Member) {
    this.members = [...this.members, member]
    this.rebalance()
  }

  #expel(member: Member) {
    this.members = this.members.filter((one) => one !== member)
    this.rebalance()
  }

  /** Frozen for longer than its session: what it had in hand it goes on with, and finds out only then that it must join again. */
  #frozen(member: Member, ms: number) {
    const { scheduler, server, sessionMs, note } = this.#options
    if (ms <= sessionMs) return
    scheduler.after(server, sessionMs, () => {
      if (member.left || member.life.expelled || !member.life.alive) return
      member.life.expelled = true
      note('sessionLost')
      this.#expel(member)
      scheduler.after(member.life, 0, () => this.#comeBack(member))
    })
  }

  #comeBack(member: Member) {
    if (member.left) return
    member.life.expelled = false
    this.#admit(member)
  }
}
