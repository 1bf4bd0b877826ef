import type { Topic } from '@quadrille/contracts'
import type { Message } from './input.ts'

/** A record on its way to Kafka. The partition is ours to compute, so that every client puts a key in the same one. */
export interface OutgoingRecord {
  readonly topic: string
  readonly partition: number
  readonly key: Buffer | string | null
  readonly value: Buffer | string | null
  readonly headers: Message['headers']
}

/**
 * Sends with acks=all and never retries by itself. After a failed send it must be thrown away: see SendError.
 * Order within a partition is the order given.
 */
export interface Producer {
  /** Resolves only when every record is acknowledged. When it rejects, any of them may have been written all the same. */
  send(records: readonly OutgoingRecord[]): Promise<void>
  disconnect(): Promise<void>
}

/**
 * Why a send failed. `record`: what a record is (too large, invalid), so that one of these will never be taken.
 * `authorization`: this process may not write there. `environment`: all else, unknown topics included; later it may pass.
 */
export class SendError extends Error {
  readonly kind: 'record' | 'authorization' | 'environment'
  constructor(kind: SendError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** Kafka says no, and will say so again: to a right that is missing, a setting, a name, or a topic that is not as it must be. */
export class KafkaRefusal extends Error {}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** One name for a partition, as a key of maps. */
export const partitionName = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`

/** A position in a partition: when committed, the next record to read. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: string
}

/** Records of one partition, in order. */
export interface Delivery extends TopicPartition {
  readonly messages: readonly Message[]
  /** Keeps the membership while the delivery waits; cheap to call often. Rejects when the group rebalances: leave then. */
  heartbeat(): Promise<void>
  /** The partition may have moved, or consumption is paused or ending: what is not taken yet comes again, here or elsewhere. */
  stale(): boolean
}

/** A running membership of a consumer group. */
export interface Consumption {
  commit(offsets: readonly PartitionOffset[]): Promise<void>
  /** Fetches nothing more, but stays a member. */
  pause(): void
  resume(): void
  /** Leaves the group. Offsets must be committed before. */
  stop(): Promise<void>
  readonly joined: boolean
}

/** What to consume, and whom to tell. */
export interface ConsumeOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** Where to begin, instead of where the group has committed. */
  readonly from?: readonly PartitionOffset[]
  /**
   * True once the records are taken; false leaves them, and they come again. One call at a time for each partition.
   * A group without offsets begins at the oldest record. Throwing is a bug, and ends the consumption.
   */
  deliver(delivery: Delivery): Promise<boolean>
  /** At every assignment, also of the same partitions: whatever was uncommitted is delivered again. */
  onAssigned(partitions: readonly TopicPartition[]): void
  /** `restarts` false: consumption has ended for good, and only a new process helps. */
  onCrash(error: Error, restarts: boolean): void
}

/** How far a partition reaches: `low` is the oldest record kept, `high` the next to be written. */
export interface PartitionRange {
  readonly partition: number
  readonly low: string
  readonly high: string
}

/** Everything this runtime asks of Kafka. */
export interface Kafka {
  connectProducer(): Promise<Producer>
  /** Resolves once consumption runs, before the group is necessarily joined; rejects if Kafka cannot be reached. */
  consume(options: ConsumeOptions): Promise<Consumption>
  /** Creates those that do not exist yet; several may do so at once. */
  createTopics(topics: readonly Topic[]): Promise<void>
  /** What a group has committed; null where it never did. */
  groupOffsets(groupId: string, topics: readonly string[]): Promise<readonly (TopicPartition & { readonly offset: string | null })[]>
  topicOffsets(topic: string): Promise<readonly PartitionRange[]>
  groupMembers(groupId: string): Promise<{ readonly members: number; readonly state: string }>
  disconnect(): Promise<void>
}

/** A Kafka whose past can be read again at an operator's word. */
export interface ReplayingKafka extends Kafka {
  /** The first records at or after a time, by partition; below zero where there is none. */
  offsetsAt(topic: string, time: Date): Promise<readonly PartitionOffset[]>
  /** Forgets what a group without members has committed. */
  deleteGroup(groupId: string): Promise<void>
}
