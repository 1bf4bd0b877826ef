import { type PartitionOffset, partitionName, type TopicPartition } from './kafka.ts'

/** What was delivered, what of it the database has, and so what may be committed to Kafka. One assignment at a time. */
export interface Offsets {
  /** In the order of the partition. A record delivered again is known already. */
  delivered(at: PartitionOffset): void
  /** The record is in the database, or was skipped. Unknown ones, from an earlier assignment, are ignored. */
  done(at: PartitionOffset): void
  /** The next record to read, for each partition where that has moved since it was last committed. */
  committable(): PartitionOffset[]
  /** These have been committed. */
  committed(offsets: readonly PartitionOffset[]): void
  /** On every assignment: what is still open is delivered again, here or elsewhere. */
  clear(): void
}

interface Partition extends TopicPartition {
  /** Delivered and not yet behind `next`, in order; true when done. */
  readonly open: Map<bigint, boolean>
  last: bigint
  next?: bigint
  committed?: bigint
}

/** Commits only the contiguous run from the first delivered record on: a gap is a record that a crash would otherwise lose. */
export function createOffsets(): Offsets {
  const partitions = new Map<string, Partition>()

  function partitionOf({ topic, partition }: TopicPartition): Partition {
    const key = partitionName({ topic, partition })
    const known = partitions.get(key) ?? { topic, partition, open: new Map(), last: -1n }
    partitions.set(key, known)
    return known
  }

  return {
    delivered(at) {
      const partition = partitionOf(at)
      const offset = BigInt(at.offset)
      if (offset <= partition.last) return
      partition.last = offset
      partition.open.set(offset, false)
    },
    done(at) {
      const partition = partitions.get(partitionName(at))
      const offset = BigInt(at.offset)
      if (!partition?.open.has(offset)) return
      partition.open.set(offset, true)
      advance(partition)
    },
    committable: () =>
      [...partitions.values()].flatMap(({ topic, partition, next, committed }) =>
        next === undefined || next === committed ? [] : [{ topic, partition, offset: String(next) }],
      ),
    committed(offsets) {
      for (const at of offsets) {
        const partition = partitions.get(partitionName(at))
        if (partition) partition.committed = BigInt(at.offset)
      }
    },
    clear: () => partitions.clear(),
  }
}

function advance(partition: Partition) {
  for (const [offset, done] of partition.open) {
    if (!done) return
    partition.open.delete(offset)
    partition.next = offset + 1n
  }
}
