import type { Topic } from '@quadrille/contracts'
import type { ConsumeOptions, Consumption, Kafka, OutgoingRecord } from '@quadrille/messaging'
import type { Faults } from './faults.ts'
import { createFetcher } from './fetcher.ts'
import { createGroup, type Group } from './group.ts'
import { append, createLogs, type Log, type Logs } from './log.ts'
import { createProducer } from './producer.ts'
import { EPOCH, type Life, type Scheduler } from './scheduler.ts'

/** A Kafka cluster in memory. It never forgets what it has written; whom it acknowledges it to is another matter. */
export interface MemoryBroker {
  connect(life: Life): Kafka
  /** A partition's log, for whoever checks or plants records. */
  log(topic: string, partition: number): Log
  readonly logs: readonly Log[]
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
  const server = scheduler.begin('kafka')
  const groups = new Map<string, Group>()
  const logs = createLogs()
  const fetcher = createFetcher({ scheduler, faults, mostRecords })
  logs.create(topics)

  function write(record: OutgoingRecord) {
    const log = logs.get(record.topic, record.partition)
    append(log, record, EPOCH + scheduler.now())
    for (const group of groups.values()) group.wake(log)
  }

  function groupOf(id: string): Group {
    const known = groups.get(id) ?? createGroup({ scheduler, server, sessionMs, logs, fetch: (...of) => void fetcher(...of) })
    groups.set(id, known)
    return known
  }

  const isRead = (group: Group) => logs.written(group.topics).every((log) => group.committed.get(log.name) === log.messages.length)

  return {
    connect: (life) => ({
      async connectProducer() {
        await scheduler.step(life)
        return createProducer({ scheduler, faults, logs, write }, life)
      },
      consume: (options) => consume(scheduler, life, logs, groupOf(options.groupId), options),
      createTopics: async (wanted) => logs.create(wanted),
      ...figures(logs, groups),
      disconnect: async () => undefined,
    }),
    log: logs.get,
    logs: logs.all,
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
}

async function consume(scheduler: Scheduler, life: Life, logs: Logs, group: Group, options: ConsumeOptions): Promise<Consumption> {
  await scheduler.step(life)
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
      for (const log of logs.written(options.topics)) group.wake(log)
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

/** What gauges of lag read. */
function figures(logs: Logs, groups: ReadonlyMap<string, Group>): Pick<Kafka, 'groupOffsets' | 'topicOffsets' | 'groupMembers'> {
  return {
    async groupOffsets(groupId, names) {
      const committed = groups.get(groupId)?.committed
      return names
        .flatMap(logs.of)
        .map(({ topic, partition, name }) => ({ topic, partition, offset: committed?.get(name)?.toString() ?? null }))
    },
    topicOffsets: async (name) => logs.of(name).map(({ partition, messages }) => ({ partition, low: '0', high: String(messages.length) })),
    async groupMembers(groupId) {
      const members = groups.get(groupId)?.members.length ?? 0
      return { members, state: members > 0 ? 'Stable' : 'Empty' }
    },
  }
}
