import type { Topic } from '@quadrille/contracts'
import { type ConsumeOptions, type Consumption, type Kafka, type OutgoingRecord, type Producer, SendError } from '@quadrille/messaging'
import type { Faults } from './faults.ts'
import { createGroup, type Group, type Member } from './group.ts'
import { append, createLog, isTooLarge, type Log } from './log.ts'
import { EPOCH, type Life, type Scheduler } from './scheduler.ts'

/** A Kafka cluster in memory. It never forgets what it has written; whom it acknowledges it to is another matter. */
export interface MemoryBroker {
  connect(life: Life): Kafka
  /** A partition's log, for whoever checks or plants records. */
  log(topic: string, partition: number): Log
  readonly logs: Iterable<Log>
  readonly groups: ReadonlyMap<string, Group>
  /** Writes as a stranger would. */
  plant(record: OutgoingRecord): void
  /** Has a group read a partition again from an earlier offset, as after a lost commit, or by an operator's hand. */
  rewind(groupId: string, log: Log, offset: number): void
  /** Everything is read, and committed as read. */
  readonly quiet: boolean
}

export interface BrokerOptions {
  readonly scheduler: Scheduler
  readonly faults: Faults
  readonly topics: readonly Topic[]
  /** How long a dead member keeps its partitions. */
  readonly sessionMs?: number
  readonly mostRecords?: number
}

export function createBroker({ scheduler, faults, topics, sessionMs = 10_000, mostRecords = 8 }: BrokerOptions): MemoryBroker {
  const { chance } = scheduler
  const server = scheduler.begin('kafka')
  const groups = new Map<string, Group>()
  const byTopic = new Map<string, Log[]>()
  const largest = new Map<string, number | undefined>()
  const all: Log[] = []
  create(topics)

  function create(wanted: readonly Topic[]) {
    for (const { name, partitions, maxMessageBytes } of wanted) {
      if (byTopic.has(name)) continue
      largest.set(name, maxMessageBytes)
      byTopic.set(
        name,
        Array.from({ length: partitions }, (_, partition) => createLog(name, partition, all.length + partition)),
      )
      all.push(...byTopic.get(name)!)
    }
  }

  function logOf(topic: string, partition: number): Log {
    const log = byTopic.get(topic)?.[partition]
    if (!log) throw new SendError('environment', `unknown topic or partition: ${topic}/${partition}`)
    return log
  }

  function write(record: OutgoingRecord) {
    const log = logOf(record.topic, record.partition)
    append(log, record, EPOCH + scheduler.now())
    for (const group of groups.values()) group.wake(log)
  }

  function groupOf(id: string): Group {
    const known = groups.get(id) ?? createGroup({ id, scheduler, server, sessionMs, logsOf, fetch: (...of) => void fetch(...of) })
    groups.set(id, known)
    return known
  }

  const logsOf = (names: readonly string[]) =>
    names.flatMap((name) => byTopic.get(name) ?? []).filter(({ messages }) => messages.length > 0)

  /** One delivery at a time for each partition, while there is something to read and the partition is still this member's. */
  async function fetch(group: Group, member: Member, log: Log) {
    const { life, fetching, positions, options } = member
    if (fetching.has(log.name)) return
    fetching.add(log.name)
    const { generation } = member
    const stale = () => member.generation !== generation || !group.isCurrent(member) || member.paused
    const next = () => positions.get(log.name) ?? group.committed.get(log.name) ?? 0
    try {
      while (!stale() && next() < log.messages.length) await deliver(next(), stale)
    } catch (error) {
      crashed(group, member, error as Error)
    } finally {
      fetching.delete(log.name)
    }

    async function deliver(from: number, stale: () => boolean) {
      if (faults.strikes('delay')) await scheduler.pause(life)(chance.below(3_000), NOBODY)
      await scheduler.step(life)
      if (stale()) return
      const messages = log.messages.slice(from, from + 1 + chance.below(mostRecords))
      const heartbeat = async () => {
        await scheduler.step(life)
        if (stale()) throw new Error('the group is rebalancing')
      }
      const taken = await options.deliver({ topic: log.topic, partition: log.partition, messages, heartbeat, stale })
      if (taken && !stale()) positions.set(log.name, from + messages.length)
    }
  }

  /** A delivery that throws is a bug, and ends the consumption. */
  function crashed(group: Group, member: Member, error: Error) {
    group.leave(member)
    member.options.onCrash(error, false)
  }

  async function consume(life: Life, options: ConsumeOptions): Promise<Consumption> {
    await scheduler.step(life)
    const group = groupOf(options.groupId)
    const member = group.join(life, options)
    return {
      async commit(offsets) {
        const { generation } = member
        await scheduler.step(life)
        group.commit(member, generation, offsets)
      },
      pause() {
        member.paused = true
      },
      resume() {
        member.paused = false
        for (const log of logsOf(options.topics)) group.wake(log)
      },
      async stop() {
        await scheduler.step(life)
        group.leave(member)
      },
      get joined() {
        return group.isCurrent(member)
      },
    }
  }

  async function send(life: Life, records: readonly OutgoingRecord[]) {
    await scheduler.step(life)
    for (const record of records) logOf(record.topic, record.partition)
    if (records.some((record) => isTooLarge(record, largest.get(record.topic)))) throw new SendError('record', 'the record is too large')
    if (faults.strikes('send')) {
      const reached = chance.below(12)
      for (const record of records) if (record.partition < reached) write(record)
      throw new SendError('environment', 'the connection broke')
    }
    for (const record of records) write(record)
    await scheduler.step(life)
    if (faults.strikes('acknowledgement')) throw new SendError('environment', 'no answer in time')
  }

  /** A client of the protocol sees a producer that was thrown away as gone. */
  async function connectProducer(life: Life): Promise<Producer> {
    await scheduler.step(life)
    let open = true
    return {
      async send(records) {
        if (!open) throw new SendError('environment', 'the producer is disconnected')
        await send(life, records)
      },
      async disconnect() {
        open = false
      },
    }
  }

  return {
    connect: (life) => ({
      connectProducer: () => connectProducer(life),
      consume: (options) => consume(life, options),
      createTopics: async (wanted) => create(wanted),
      groupOffsets: async (groupId, names) =>
        names.flatMap((name) =>
          (byTopic.get(name) ?? []).map((log) => {
            const offset = groups.get(groupId)?.committed.get(log.name)
            return { topic: log.topic, partition: log.partition, offset: offset === undefined ? null : String(offset) }
          }),
        ),
      topicOffsets: async (name) =>
        (byTopic.get(name) ?? []).map(({ partition, messages }) => ({ partition, low: '0', high: String(messages.length) })),
      groupMembers: async (groupId) => {
        const members = groups.get(groupId)?.members.length ?? 0
        return { members, state: members > 0 ? 'Stable' : 'Empty' }
      },
      disconnect: async () => undefined,
    }),
    log: logOf,
    logs: all,
    groups,
    plant: write,
    rewind(groupId, log, offset) {
      const group = groupOf(groupId)
      group.committed.set(log.name, Math.min(offset, group.committed.get(log.name) ?? 0))
      group.rebalance()
    },
    get quiet() {
      for (const group of groups.values()) if (!isRead(group)) return false
      return true
    },
  }

  function isRead(group: Group): boolean {
    return logsOf([...group.topics]).every((log) => group.committed.get(log.name) === log.messages.length)
  }
}

const NOBODY = new AbortController().signal
