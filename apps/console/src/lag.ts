import { partitionName } from '@quadrille/messaging'
import type { HighMarks } from './high-marks.ts'
import type { Member, Owners } from './owners.ts'

/** What the broker said in one poll. */
export interface Reading {
  readonly at: number
  readonly topics: readonly TopicReading[]
  readonly groups: readonly GroupReading[]
}

export interface TopicReading {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number; readonly low: string; readonly high: string }[]
}

export interface GroupReading {
  readonly group: string
  readonly members: number
  readonly state: string
  /** Undefined: nobody could tell. */
  readonly owners?: Owners
  readonly offsets: readonly { readonly topic: string; readonly partition: number; readonly offset: string | null }[]
}

/** One partition, as one group has read it. Null: the group never committed an offset there, so its lag is unknown, not zero. */
export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  readonly committed: number | null
  readonly high: number
  readonly lag: number | null
  /** How long the oldest unread record has been there; null where nobody knows. */
  readonly lagSeconds: number | null
  /** Who reads it. Null: nobody does; undefined: nobody could tell. */
  readonly member?: Member | null | undefined
}

export interface GroupLag {
  readonly group: string
  readonly members: number
  readonly state: string
  readonly partitions: readonly PartitionLag[]
}

export interface Lag {
  readonly at: number
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly Range[] }[]
  readonly groups: readonly GroupLag[]
}

interface Range {
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** Newest offset minus committed, of every group, topic and partition; remembers in `marks` what this reading saw. */
export function lagOf({ at, topics: read, groups }: Reading, marks: HighMarks): Lag {
  const topics = read.map(({ topic, partitions }) => ({ topic, partitions: partitions.map(inNumbers) }))
  const ranges = new Map(topics.flatMap(({ topic, partitions }) => partitions.map((range) => [partitionName({ topic, ...range }), range])))
  for (const [key, { high }] of ranges) marks.note(key, { at, high })
  const partitionLag = (owners: Owners, { topic, partition, offset }: GroupReading['offsets'][number]): PartitionLag[] => {
    const name = partitionName({ topic, partition })
    const range = ranges.get(name)
    const member = owners && (owners.get(name) ?? null)
    return range ? [{ topic, partition, member, high: range.high, ...behind(range, offset, (next) => marks.appeared(name, next), at) }] : []
  }
  const groupLag = ({ offsets, owners, ...group }: GroupReading): GroupLag => ({
    ...group,
    partitions: offsets.flatMap((one) => partitionLag(owners, one)),
  })
  return { at, topics, groups: groups.map(groupLag) }
}

function behind({ low, high }: Range, offset: string | null, appeared: (offset: number) => number | undefined, at: number) {
  if (offset === null) return { committed: null, lag: null, lagSeconds: null }
  const committed = Number(offset)
  // Retention may have removed what the group had not read: the first record it can still read is the oldest kept.
  const next = Math.max(committed, low)
  const lag = Math.max(0, high - next)
  return { committed, lag, lagSeconds: lag === 0 ? 0 : (at - (appeared(next) ?? at)) / 1000 }
}

const inNumbers = ({ partition, low, high }: TopicReading['partitions'][number]) => ({ partition, low: Number(low), high: Number(high) })
