import type { GroupLag, PartitionLag } from '@quadrille/console'

/** What was read of all groups at one time. */
export interface Reading {
  readonly at: number
  readonly source: 'console' | 'kafka'
  /** Why this is not the newest there is. */
  readonly stale?: string
  readonly groups: readonly GroupLag[]
}

/** When what waits will be read, by how it went between two readings. */
export type Drain =
  | { readonly kind: 'nothing waits' | 'keeps up' | 'unknown' | 'nobody reads' | 'stands still' }
  | { readonly kind: 'shrinks' | 'grows'; readonly perSecond: number; readonly seconds: number | null }

/** A group's lag in some of its partitions, added up. */
export interface LagSum {
  readonly lag: number | null
  readonly seconds: number | null
  /** Partitions that have records, of which the group has committed none. */
  readonly neverCommitted: number
  /** At most so many records wait there: retention may have removed some. They are not in `lag`. */
  readonly unknown: number
}

export function sumOf(partitions: readonly PartitionLag[]): LagSum {
  const known = partitions.filter(({ lag }) => lag !== null)
  const never = partitions.filter(({ committed, high }) => committed === null && high > 0)
  const ages = known.flatMap(({ lagSeconds }) => lagSeconds ?? [])
  return {
    lag: known.length === 0 ? null : known.reduce((sum, { lag }) => sum + lag!, 0),
    seconds: ages.length === 0 ? null : Math.max(...ages),
    neverCommitted: never.length,
    unknown: never.reduce((sum, { high }) => sum + high, 0),
  }
}

/** What waits for less is on its way: the console looks every 2 s, and no two looks tell where that is going. */
const FRESH_SECONDS = 5

/** @param before the same sum, `seconds` earlier */
export function drainOf(
  { lag, seconds, unknown }: Pick<LagSum, 'lag' | 'seconds' | 'unknown'>,
  members: number,
  before?: { readonly lag: number | null; readonly seconds: number },
): Drain {
  if (lag === 0 && unknown === 0) return { kind: 'nothing waits' }
  if (members === 0) return { kind: 'nobody reads' }
  if (unknown > 0) return { kind: 'unknown' }
  if (seconds !== null && seconds < FRESH_SECONDS) return { kind: 'keeps up' }
  if (lag === null || !before || before.lag === null || before.seconds <= 0) return { kind: 'unknown' }
  const perSecond = (before.lag - lag) / before.seconds
  if (perSecond === 0) return { kind: 'stands still' }
  return perSecond > 0 ? { kind: 'shrinks', perSecond, seconds: lag / perSecond } : { kind: 'grows', perSecond: -perSecond, seconds: null }
}

/** Readings of who waits too long, as the alert `ConsumerBehind` has it. */
export const LATE_SECONDS = 30
