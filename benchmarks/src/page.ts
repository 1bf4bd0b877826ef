import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Outcome, type Run, readRuns } from './results.ts'
import { summary } from './summary.ts'
import { conditionsOf, goalTable, growthTable, lessonTable, sideTable, whenOf } from './tables.ts'

const root = resolve(import.meta.dirname, '../..')
/** Pages with tables of the bench. */
export const pages = ['README.md', 'docs/performance.md'] as const
const NOTHING = '*No run is kept yet: `npx -y pnpm@12 bench --json benchmarks/results/<name>.json` keeps one.*'

const parts: Readonly<Record<string, (runs: readonly Run[]) => string>> = {
  summary: (runs) => `${latest(runs, summary)}\n\n${whenOf(runs)}`,
  goals: (runs) => latest(runs, goalTable),
  lessons: (runs) => latest(runs, lessonTable),
  sides: (runs) =>
    latest(runs, (outcomes) => outcomes.map((outcome) => `**${outcome.goal}: ${outcome.title}**\n\n${sideTable(outcome)}`).join('\n\n')),
  growth: (runs) => latest(runs, growthTable),
  runs: (runs) => (runs.length === 0 ? NOTHING : runs.map((run) => `- ${conditionsOf(run)}`).join('\n')),
}

/** Each goal as it was measured last; the whole of a run need not be repeated. */
function latest(runs: readonly Run[], show: (outcomes: readonly Outcome[]) => string): string {
  const newest = new Map<string, Outcome>()
  for (const outcome of runs.flatMap(({ outcomes }) => outcomes)) if (!newest.has(outcome.name)) newest.set(outcome.name, outcome)
  const inOrder = [...newest.values()].sort((one, other) => number(one) - number(other))
  return inOrder.length === 0 ? NOTHING : show(inOrder)
}

const number = ({ goal }: Outcome) => Number(goal.slice(1))

/** A page with its tables as these runs make them; the words between are people's. */
export function withTables(text: string, runs: readonly Run[]): string {
  return Object.entries(parts).reduce((before, [name, show]) => {
    const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end: ${name} -->`]
    const [from, to] = [before.indexOf(begin), before.indexOf(end)]
    if (from < 0 && to < 0) return before
    if (from < 0 || to < from) throw new Error(`the page has a broken place for "${name}": ${begin} … ${end}`)
    return `${before.slice(0, from + begin.length)}\n${show(runs)}\n${before.slice(to)}`
  }, text)
}

export const readPage = (page: string) => readFileSync(join(root, page), 'utf8')

/** Brings the pages' tables up to date with the runs that are kept. */
export function writePages() {
  for (const page of pages) writeFileSync(join(root, page), withTables(readPage(page), readRuns()))
}

if (import.meta.main) writePages()
