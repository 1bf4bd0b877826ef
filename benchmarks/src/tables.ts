import { median } from 'simple-statistics'
import type { Comparison } from './benchmark.ts'
import { measuredLast, type Outcome, type Run } from './results.ts'
import type { Verdict } from './verdict.ts'

const VERDICTS: Readonly<Record<Verdict, string>> = { stretch: '**beyond the stretch goal**', met: 'met', missed: '**missed**', shown: '' }

/** Every goal with its limits and what was measured. */
export const goalTable = (outcomes: readonly Outcome[]): string =>
  table(
    ['goal', 'ratio', 'must', 'stretch', 'median', 'bootstrap interval', 'pairs', 'verdict'],
    outcomes.flatMap(({ goal, comparisons, missing }) => [
      ...comparisons
        .filter(isGoal)
        .map((one) => [
          goal,
          ...limits(one),
          figure(one.median),
          `${figure(one.low)} – ${figure(one.high)}`,
          String(one.ratios.length),
          VERDICTS[one.verdict],
        ]),
      ...missing.filter(isGoal).map((one) => [goal, ...limits(one), '', '', '0', 'not measured']),
    ]),
  )

const isGoal = ({ lesson, must, stretch }: Comparison) => lesson === undefined || must !== undefined || stretch !== undefined
const limits = (one: Comparison) => [one.name, limit(one, one.must), limit(one, one.stretch)]

/** What each choice costs: the naive form against the shipped one. */
export const lessonTable = (outcomes: readonly Outcome[]): string =>
  table(
    ['choice', 'ratio', 'median', 'bootstrap interval'],
    outcomes.flatMap(({ comparisons }) =>
      comparisons
        .filter(({ lesson }) => lesson !== undefined)
        .map((one) => [one.lesson!, one.name, figure(one.median), `${figure(one.low)} – ${figure(one.high)}`]),
    ),
  )

/** Every side's medians and its processor time: who was the bottleneck is the finding. */
export function sideTable(outcome: Outcome): string {
  const sides = Object.entries(outcome.sides)
  const figures = Object.entries(outcome.figures).filter(([name]) => sides.some(([side]) => middle(outcome, side, name)))
  return table(
    ['side', ...figures.map(([name, unit]) => (name === 'rate' ? unit : `${name}, ${unit}`)), 'processor time for each, µs'],
    sides.map(([side, words]) => [words, ...figures.map(([name]) => middle(outcome, side, name)), busy(outcome, side)]),
  )
}

const countedSlots = ({ slots }: Outcome, of: string) => slots.filter(({ side, round, again }) => side === of && round >= 0 && !again)

/** The median of the slots that count; nothing where there is none. */
export function middle(outcome: Outcome, side: string, name: string): string {
  const values = countedSlots(outcome, side).flatMap(({ figures }) => figures[name] ?? [])
  return values.length === 0 ? '' : figure(median(values))
}

/** Cores that a million orders a minute would need, by process, from what an order costs at saturation. */
export function growthTable(outcomes: readonly Outcome[]): string {
  const shop = outcomes.find(({ name }) => name === 'processor')
  const costs = shop ? costsOf(shop, 'shop') : []
  if (costs.length === 0) return '*Not measured yet.*'
  const rows = costs.map(([name, micros]) => {
    const cores = (micros * A_MILLION_A_MINUTE) / 1e6
    const piece = BUSY * (SERVERS.includes(name) ? SERVER_CORES : 1)
    return [name, figure(micros / 1_000), figure(micros / 1_000), figure(cores), String(Math.ceil(cores / piece))]
  })
  const head = ['processor time of an order, ms', 'cores at 1,000 orders/s', 'cores at a million orders a minute', 'pieces at a million']
  return table(['process', ...head], rows)
}

const A_MILLION_A_MINUTE = 1e6 / 60
/** A piece that is busier has no room for the next minute. */
const BUSY = 0.7
const SERVERS = ['PostgreSQL', 'Kafka']
const SERVER_CORES = 16

/** Processor microseconds for each thing done, by process. */
const busy = (outcome: Outcome, side: string) =>
  costsOf(outcome, side)
    .map(([name, micros]) => `${name} ${figure(micros)}`)
    .join(', ')

function costsOf(outcome: Outcome, side: string): [name: string, micros: number][] {
  const slots = countedSlots(outcome, side).filter(({ done }) => done)
  const names = [...new Set(slots.flatMap(({ cpu }) => Object.keys(cpu)))]
  return names.map((name) => [name, median(slots.map(({ cpu, done }) => (1e6 * (cpu[name] ?? 0)) / done!))])
}

/** When which goals were measured last, newest first, and on what. */
export function whenOf(runs: readonly Run[]): string {
  const goals = new Map<Run, Set<string>>()
  for (const { run, outcome } of measuredLast(runs)) goals.set(run, (goals.get(run) ?? new Set()).add(outcome.goal))
  const times = [...goals].map(
    ([
      {
        date,
        commit,
        machine: { cores, cpu },
      },
      of,
    ]) => `${[...of].join(', ')} on ${date.slice(0, 10)} at commit ${commit}, on ${cores} cores (${cpu})`,
  )
  return `Measured: ${times.join('; ')}.`
}

/** Where and how a run was made, in a sentence. */
export function conditionsOf({ date, commit, machine, durability, outcomes, failed }: Run): string {
  const { cpu, cores, memoryGb, system, node, java, watched } = machine
  const { fsync, synchronous_commit, full_page_writes, server_version } = durability.postgres
  const noise = watched
    ? outcomes.map(({ name, reruns, noisy }) => `${name} ${reruns} and ${noisy}`).join(', ')
    : 'unknown: this system has no /proc'
  return `Measured on ${date.slice(0, 10)} at commit ${commit}, on ${cores} cores (${cpu}), ${memoryGb} GB, ${system}, Node ${node}, Java ${java}. \
PostgreSQL ${server_version} with fsync ${fsync}, synchronous_commit ${synchronous_commit}, full_page_writes ${full_page_writes}; one Kafka broker, acks=all. \
Slots measured again because others had more than 10 % of the machine, and slots that count although they had: ${noise}.${failed.length > 0 ? ` Failed in this run: ${failed.join(', ')}.` : ''}`
}

function limit({ aims }: Comparison, value: number | undefined): string {
  return value === undefined ? '' : `${aims === 'up' ? '≥' : '≤'} ${value}`
}

/** Three digits that mean something. */
export function figure(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

/** Rows in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
