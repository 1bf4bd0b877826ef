import type { GroupLag, PartitionLag } from './lag.ts'
import type { LagView } from './reader.ts'

const NONE_YET = 'no committed offset yet'

/** What `/api/lag` answers: per group and topic for people, per partition for programs. */
export const lagJson = ({ lag, ageMs, stale, failure }: LagView) => ({
  at: lag ? new Date(lag.at).toISOString() : null,
  ageSeconds: ageMs === undefined ? null : ageMs / 1000,
  stale,
  failure: failure ?? null,
  groups: (lag?.groups ?? []).map(groupJson),
})

function groupJson({ partitions, ...group }: GroupLag) {
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic)
  const all = [...byTopic].map(([topic, of]) => ({ topic, ...sums(of), partitions: of.map(partitionJson) }))
  return { ...group, ...sums(partitions), topics: all }
}

function sums(partitions: readonly PartitionLag[]) {
  const known = partitions.filter(({ lag }) => lag !== null)
  if (known.length === 0) return { lag: NONE_YET, lagSeconds: NONE_YET }
  return { lag: known.reduce((sum, { lag }) => sum + lag!, 0), lagSeconds: Math.max(...known.map(({ lagSeconds }) => lagSeconds!)) }
}

const partitionJson = ({ partition, committed, high, lag, lagSeconds }: PartitionLag) => ({
  partition,
  high,
  committed: committed ?? NONE_YET,
  lag: lag ?? NONE_YET,
  lagSeconds: lagSeconds ?? NONE_YET,
})
