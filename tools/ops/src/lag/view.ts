import type { GroupLag, PartitionLag } from '@quadrille/console'
import { type Columns, table } from '../table.ts'
import { clock, duration, number, type Paint } from '../words.ts'
import { type Drain, drainOf, LATE_SECONDS, type LagSum, type Reading, sumOf } from './reading.ts'

/** What is told of a group: as a whole, and per topic; per partition where asked. */
export interface GroupReport extends LagSum {
  readonly group: string
  readonly members: number
  readonly state: string
  readonly drain: Drain
  readonly topics: readonly (LagSum & { readonly topic: string; readonly drain: Drain; readonly partitions: readonly PartitionLag[] })[]
}

export interface LagReport extends Omit<Reading, 'groups'> {
  readonly groups: readonly GroupReport[]
}

/** @param before an earlier reading, to tell where it is going */
export function reportOf({ groups, ...reading }: Reading, before?: Reading): LagReport {
  const seconds = before ? (reading.at - before.at) / 1000 : 0
  const report = ({ group, members, state, partitions }: GroupLag): GroupReport => {
    const earlier = before?.groups.find((one) => one.group === group)?.partitions
    const of = (here: readonly PartitionLag[], then?: readonly PartitionLag[]) => {
      const sum = sumOf(here)
      return { ...sum, drain: drainOf(sum, members, then && { lag: sumOf(then).lag, seconds }) }
    }
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, here]) => ({
      ...{
        topic,
        ...of(
          here,
          earlier?.filter((one) => one.topic === topic),
        ),
      },
      partitions: here,
    }))
    return { group, members, state, ...of(partitions, earlier), topics }
  }
  return { ...reading, groups: groups.map(report) }
}

/** Nobody reads, has ever read, or has read for long. */
export const isLate = ({ members, neverCommitted, seconds }: GroupReport) =>
  members === 0 || neverCommitted > 0 || (seconds ?? 0) > LATE_SECONDS

const columns: Columns = [
  'group',
  'topic',
  { title: 'behind', right: true },
  { title: 'oldest', right: true },
  { title: 'members', right: true },
  'drain',
]

export function lagText({ groups, at, source, stale }: LagReport, verbose: boolean, paint: Paint): string {
  const rows = groups.flatMap((group) =>
    group.topics.flatMap((topic) => [
      [group.group, topic.topic, ...figures(topic, paint), members(group, paint), drainText(topic.drain)],
      ...(verbose ? byNumber(topic.partitions).map((one) => partitionRow(one, paint)) : []),
    ]),
  )
  const from = source === 'console' ? 'from the console' : 'from Kafka itself, which knows no ages: the console does not answer'
  const head = `Lag at ${clock(new Date(at).toISOString())} UTC, ${from}`
  const old = stale ? [paint('yellow', `These are the last figures there were: ${stale}`)] : []
  return [head, ...old, '', table(columns, rows, paint)].join('\n')
}

const byNumber = (partitions: readonly PartitionLag[]) => [...partitions].sort((a, b) => a.partition - b.partition)

function partitionRow({ partition, committed, high, lag, lagSeconds }: PartitionLag, paint: Paint): string[] {
  const sum = { lag, seconds: lagSeconds, unknown: committed === null ? high : 0 }
  return ['', paint('dim', `  ${partition}: ${committed ?? '-'} of ${high}`), ...figures(sum, paint)]
}

/** `3`, `3 + up to 10`, `up to 10`: how many wait, and how many more may. */
export function waiting({ lag, unknown }: Pick<LagSum, 'lag' | 'unknown'>): string {
  if (unknown === 0) return number(lag ?? 0)
  return lag === null ? `up to ${number(unknown)}` : `${number(lag)} + up to ${number(unknown)}`
}

function figures(sum: Pick<LagSum, 'lag' | 'seconds' | 'unknown'>, paint: Paint): [behind: string, oldest: string] {
  const { lag, seconds, unknown } = sum
  if (lag === null) return unknown > 0 ? [paint('red', `no committed offset yet, ${waiting(sum)}`), '?'] : ['no record yet', '–']
  const age = seconds === null ? '?' : paint(seconds > LATE_SECONDS ? 'red' : 'dim', duration(seconds))
  if (unknown > 0) return [paint('red', `${waiting(sum)} unknown`), lag === 0 || age === '?' ? '?' : `≥ ${age}`]
  return [number(lag), lag === 0 ? '–' : age]
}

const members = ({ members: count, state }: GroupReport, paint: Paint) =>
  count === 0 ? paint('red', `0 (${state.toLowerCase()})`) : String(count)

function drainText(drain: Drain): string {
  switch (drain.kind) {
    case 'nothing waits':
      return '–'
    case 'keeps up':
      return 'keeps up'
    case 'unknown':
      return '?'
    case 'shrinks':
      return `in ${duration(drain.seconds!)} (${rate(drain.perSecond)})`
    case 'grows':
      return `never: it grows by ${rate(drain.perSecond)}`
    case 'nobody reads':
      return 'never: nobody reads'
    case 'stands still':
      return 'never: it stands still'
  }
}

const rate = (perSecond: number) => `${perSecond < 10 ? perSecond.toFixed(1) : number(Math.round(perSecond))}/s`
