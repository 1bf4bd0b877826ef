import { type Kafka, type PartitionOffset, partitionName, type TopicPartition } from './kafka.ts'

/** A stretch of a partition: from the first to before `to`. */
export interface Stretch extends TopicPartition {
  readonly from: string
  readonly to: string
}

/** How far some stretches have been read. */
export interface Bookmarks {
  /** The next record to read, of each. */
  next(): PartitionOffset[]
  /** The first record beyond a stretch; the partition's very first where there is none. */
  endOf(partition: TopicPartition): bigint
  /** Never back; what lies in no stretch is nobody's. */
  reach(partition: TopicPartition, next: bigint): void
  /** Records that have been read. */
  done(): number
  over(): boolean
}

const larger = (one: bigint, other: bigint) => (one > other ? one : other)
const smaller = (one: bigint, other: bigint) => (one < other ? one : other)

/** Where an earlier process had committed, or at the beginning of each stretch. */
export async function createBookmarks(
  kafka: Pick<Kafka, 'groupOffsets'>,
  groupId: string,
  topics: readonly string[],
  stretches: readonly Stretch[],
): Promise<Bookmarks> {
  const committed = new Map((await kafka.groupOffsets(groupId, topics)).map((at) => [partitionName(at), BigInt(at.offset ?? 0)]))
  const marks = new Map(stretches.map((stretch) => [partitionName(stretch), markOf(stretch, committed)]))
  return {
    next: () => [...marks.values()].map(({ topic, partition, next }) => ({ topic, partition, offset: String(next) })),
    endOf: (partition) => marks.get(partitionName(partition))?.end ?? 0n,
    reach(partition, next) {
      const mark = marks.get(partitionName(partition))
      if (mark) mark.next = larger(mark.next, next)
    },
    done: () => [...marks.values()].reduce((sum, { begin, end, next }) => sum + Number(smaller(next, end) - begin), 0),
    over: () => [...marks.values()].every(({ end, next }) => next >= end),
  }
}

function markOf(stretch: Stretch, committed: ReadonlyMap<string, bigint>) {
  const begin = BigInt(stretch.from)
  return { ...stretch, begin, end: BigInt(stretch.to), next: larger(begin, committed.get(partitionName(stretch)) ?? 0n) }
}
