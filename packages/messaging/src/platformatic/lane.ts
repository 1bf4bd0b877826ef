import { type Consumer, ListOffsetTimestamps } from '@platformatic/kafka'
import type { Message } from '../input.ts'
import { partitionName, type TopicPartition } from '../kafka.ts'

/** Records of one fetch, and where that began. */
export interface Batch {
  readonly from: bigint
  readonly messages: readonly Message[]
}

/** A partition for as long as one assignment lasts: where to read on, and what is read and not taken yet, in order. */
export interface Lane extends TopicPartition {
  next: bigint
  readonly batches: Batch[]
  delivering: boolean
  /** The group has moved on, and this partition with it, or it was assigned anew. */
  gone: boolean
}

/** One is delivered, and one is at hand when that is taken. */
const MOST_BATCHES = 2

export const hasRoom = ({ batches }: Lane) => batches.length < MOST_BATCHES

/** What is read comes again. */
export function rewind(lane: Lane) {
  const [first] = lane.batches.splice(0)
  if (first) lane.next = first.from
}

/** Partitions from where the group has committed, or from the oldest record where it never did. */
export async function lanesOf(consumer: Consumer, partitions: readonly TopicPartition[]): Promise<Lane[]> {
  if (partitions.length === 0) return []
  const committed = await consumer.listCommittedOffsets({
    topics: [...byTopic(partitions)].map(([topic, of]) => ({ topic, partitions: of })),
  })
  const at = new Map(partitions.map((one) => [partitionName(one), committed.get(one.topic)?.[one.partition] ?? -1n]))
  const unknown = partitions.filter((one) => at.get(partitionName(one))! < 0n)
  for (const [name, oldest] of await oldestOf(consumer, unknown)) at.set(name, oldest)
  return partitions.map((one) => ({ ...one, next: at.get(partitionName(one))!, batches: [], delivering: false, gone: false }))
}

/** The oldest records kept, by partition. */
export async function oldestOf(consumer: Consumer, partitions: readonly TopicPartition[]): Promise<Map<string, bigint>> {
  if (partitions.length === 0) return new Map()
  const asked = byTopic(partitions)
  const timestamp = ListOffsetTimestamps.EARLIEST
  const found = await consumer.listOffsets({ topics: [...asked.keys()], partitions: Object.fromEntries(asked), timestamp })
  return new Map(partitions.map((one) => [partitionName(one), found.get(one.topic)![one.partition]!]))
}

const byTopic = (partitions: readonly TopicPartition[]) =>
  new Map([...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, of]) => [topic, of.map(({ partition }) => partition)]))
