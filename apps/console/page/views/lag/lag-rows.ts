import { type Drain, drainOf, LATE_SECONDS } from '@quadrille/ops/lag'
import type { LagHistory, LagJson, Pulse } from '../../../src/api-types.ts'

export type GroupLag = LagJson['groups'][number]
export type Tone = 'good' | 'warn' | 'bad' | 'idle'

/** One group, or one topic of it, at this moment. */
export interface LagRow {
  readonly name: string
  readonly lag: GroupLag['lag']
  readonly seconds: GroupLag['lagSeconds']
  readonly perSecondIn: number
  readonly drain: Drain
  readonly tone: Tone
  /** Nothing drains until somebody resumes it. */
  readonly paused?: boolean
}

export type GroupRow = LagRow & {
  readonly members: number
  readonly state: string
  readonly perSecondOut: number
  readonly topics: readonly LagRow[]
}

/** Of a group whose consumer is paused: what waits there calls for somebody, however little it is. */
export function asPaused(row: GroupRow): GroupRow {
  const held = <Row extends LagRow>(one: Row): Row => ({
    ...one,
    paused: true,
    tone: one.lag === 0 || one.tone === 'bad' ? one.tone : 'warn',
  })
  return { ...held(row), topics: row.topics.map(held) }
}

/** Long enough that two looks of 2 s each tell where it is going, short enough to follow. */
const TREND_MS = 10_000

export function groupRow(group: GroupLag, pulse: Pick<Pulse, 'rates' | 'consumed'>, history: LagHistory): GroupRow {
  const { members, state } = group
  const topics = group.topics.map((topic) => ({
    ...rowOf(
      topic.topic,
      { ...topic, members },
      before(history, ({ group: name, topic: of }) => name === group.group && of === topic.topic),
    ),
    perSecondIn: pulse.rates[topic.topic] ?? 0,
  }))
  const partitions = group.topics.flatMap((topic) => topic.partitions)
  return {
    ...rowOf(
      group.group,
      { ...group, partitions },
      before(history, (one) => one.group === group.group),
    ),
    ...{ members, state, topics },
    perSecondIn: topics.reduce((sum, { perSecondIn }) => sum + perSecondIn, 0),
    perSecondOut: pulse.consumed[group.group] ?? 0,
  }
}

type Figures = Pick<GroupLag, 'lag' | 'lagSeconds' | 'members'> & { readonly partitions: GroupLag['topics'][number]['partitions'] }
type Before = Parameters<typeof drainOf>[2]

function rowOf(name: string, { lag, lagSeconds, members, partitions }: Figures, earlier: Before): Omit<LagRow, 'perSecondIn'> {
  const unknown = partitions.filter(({ committed }) => typeof committed !== 'number').reduce((sum, { high }) => sum + high, 0)
  const known = typeof lag === 'number' ? lag : unknown === 0 ? 0 : null
  const seconds = typeof lagSeconds === 'number' ? lagSeconds : null
  const drain = drainOf({ lag: known, seconds, unknown }, members, earlier)
  return { name, lag, seconds: lagSeconds, drain, tone: toneOf(members, unknown, seconds, drain) }
}

/** What was not read some seconds ago, all that is meant together. */
function before({ at, series }: LagHistory, isMeant: (one: LagHistory['series'][number]) => boolean): Before {
  const last = at.at(-1)
  const then = last === undefined ? -1 : at.findLastIndex((time) => last - time >= TREND_MS)
  if (last === undefined || then < 0) return undefined
  const figures = series.filter(isMeant).flatMap(({ lag }) => lag[then] ?? [])
  const lag = figures.length === 0 ? null : figures.reduce((sum, one) => sum + one, 0)
  return { lag, seconds: (last - at[then]!) / 1000 }
}

function toneOf(members: number, unknown: number, seconds: number | null, { kind }: Drain): Tone {
  if (members === 0 || unknown > 0 || (seconds ?? 0) > LATE_SECONDS) return 'bad'
  if (kind === 'nothing waits') return seconds === null ? 'idle' : 'good'
  return kind === 'keeps up' || kind === 'shrinks' ? 'good' : 'warn'
}

/** Who needs somebody first; the others stand where they always do. */
export function inUrgency(rows: readonly GroupRow[]): GroupRow[] {
  const rank = ({ paused, tone }: GroupRow) => (paused ? 0 : tone === 'bad' ? 1 : tone === 'warn' ? 2 : 3)
  return rows.toSorted((a, b) => rank(a) - rank(b))
}
