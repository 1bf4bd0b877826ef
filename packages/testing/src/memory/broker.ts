import type { Topic } from '@quadrille/contracts'
import type { ConsumeOptions, Consumption, Kafka, OutgoingRecord, PartitionOffset } from '@quadrille/messaging'
import type { Faults } from './faults.ts'
import { createFetcher } from './fetcher.ts'
import { createGroup, type Group, type Member } from './group.ts'
import { createLogs, type Log, type Logs } from './log.ts'
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
  isQuiet(): boolean
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
    const log = logs.append(record, EPOCH + scheduler.now())
    for (const group of groups.values()) group.wake(log)
  }

  function groupOf(id: string): Group {
    const known =
      groups.get(id) ?? createGroup({ scheduler, server, sessionMs, logs, note: faults.note, fetch: (...of) => void fetcher(...of) })
    groups.set(id, known)
    return known
  }

  const isRead = (group: Group) => logs.written(group.topics).every((log) => group.committed.get(log.name) === log.messages.length)

  return {
    connect: (life) => ({
      async connectProducer() {
        await scheduler.step(life)
        reach(faults)
        return createProducer({ scheduler, faults, logs, write }, life)
      },
      consume: (options) => consume({ scheduler, faults, logs }, life, groupOf(options.groupId), options),
      createTopics: async (wanted) => logs.create(wanted),
      ...figures(faults, logs, groups),
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
    isQuiet: () => groups.values().every(isRead),
  }
}

interface Server {
  readonly scheduler: Scheduler
  readonly faults: Faults
  readonly logs: Logs
}

function reach(faults: Faults) {
  if (faults.isDown('kafka')) throw new Error('no broker answers')
}

async function consume(server: Server, life: Life, group: Group, options: ConsumeOptions): Promise<Consumption> {
  await server.scheduler.step(life)
  reach(server.faults)
  return new MemoryConsumption(server, group, group.join(life, options))
}

/** A class for the sake of its getter: one in an object literal makes a hidden class of that object alone, and keeps its whole history. */
class MemoryConsumption implements Consumption {
  readonly #server: Server
  readonly #group: Group
  readonly #member: Member

  constructor(server: Server, group: Group, member: Member) {
    this.#server = server
    this.#group = group
    this.#member = member
  }

  get joined() {
    return this.#group.isCurrent(this.#member)
  }

  async commit(offsets: readonly PartitionOffset[]) {
    const { generation, life } = this.#member
    await this.#server.scheduler.step(life)
    reach(this.#server.faults)
    this.#group.commit(this.#member, generation, offsets)
  }

  pause() {
    this.#member.paused = true
  }

  resume() {
    this.#member.paused = false
    for (const log of this.#server.logs.written(this.#member.options.topics)) this.#group.wake(log)
  }

  async stop() {
    await this.#server.scheduler.step(this.#member.life)
    this.#group.leave(this.#member)
  }
}

/** What gauges of lag read. */
function figures(
  faults: Faults,
  logs: Logs,
  groups: ReadonlyMap<string, Group>,
): Pick<Kafka, 'groupOffsets' | 'topicOffsets' | 'groupMembers'> {
  return {
    async groupOffsets(groupId, names) {
      const committed = groups.get(groupId)?.committed
      return names
        .flatMap(logs.of)
        .map(({ topic, partition, name }) => ({ topic, partition, offset: committed?.get(name)?.toString() ?? null }))
    },
    async topicOffsets(name) {
      reach(faults)
      return logs.of(name).map(({ partition, messages }) => ({ partition, low: '0', high: String(messages.length) }))
    },
    async groupMembers(groupId) {
      const members = groups.get(groupId)?.members.length ?? 0
      return { members, state: members > 0 ? 'Stable' : 'Empty' }
    },
  }
}
