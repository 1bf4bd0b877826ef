import type { GroupLag, PartitionLag } from './lag.ts'
import type { Member } from './owners.ts'
import type { LagView } from './reader.ts'

const NONE_YET = 'no committed offset yet'
// Never committed, because nothing ever came: that is well.
const NOTHING_YET = 'nothing there yet'
const NOBODY = 'nobody reads this partition'
const NOT_KNOWN = 'not known'

/** What `/api/lag` answers: per group and topic for people, per partition for programs. */
export const lagJson = ({ lag, ageMs, stale, failure }: LagView) => ({
  at: lag ? new Date(lag.at).toISOString() : null,
  ageSeconds: ageMs === undefined ? null : ageMs / 1000,
  stale,
  failure: failure ?? null,
  groups: (lag?.groups ?? []).map(groupJson),
})

export type LagJson = ReturnType<typeof lagJson>

function groupJson({ partitions, ...group }: GroupLag) {
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic)
  const all = [...byTopic].map(([topic, of]) => ({ topic, ...sums(of), partitions: of.map(partitionJson) }))
  return { ...group, ...sums(partitions), topics: all }
}

/** A number, or the words for why there is none. */
interface Sums {
  readonly lag: number | string
  readonly lagSeconds: number | string
}

function sums(partitions: readonly PartitionLag[]): Sums {
  const known = partitions.filter(({ lag }) => lag !== null)
  if (known.length === 0) {
    const none = partitions.some(({ high }) => high > 0) ? NONE_YET : NOTHING_YET
    return { lag: none, lagSeconds: none }
  }
  return { lag: known.reduce((sum, { lag }) => sum + lag!, 0), lagSeconds: Math.max(...known.map(({ lagSeconds }) => lagSeconds!)) }
}

function partitionJson({ partition, committed, high, lag, lagSeconds, member }: PartitionLag) {
  const none = high > 0 ? NONE_YET : NOTHING_YET
  const reader: Member | string = member ?? (member === null ? NOBODY : NOT_KNOWN)
  return { partition, member: reader, high, committed: committed ?? none, lag: lag ?? none, lagSeconds: lagSeconds ?? none }
}
