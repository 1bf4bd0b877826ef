import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { measuredLast, type Outcome, type Run, readRuns } from './results.ts'
import { summary } from './summary.ts'
import { conditionsOf, goalTable, growthTable, lessonTable, sideTable, whenOf } from './tables.ts'

const root = resolve(import.meta.dirname, '../..')
const NOTHING = '*No run is kept yet: `npx -y pnpm@12 bench --json benchmarks/results/<name>.json` keeps one.*'

const parts = {
  summary: (runs: readonly Run[]) => `${latest(runs, summary)}\n\n${whenOf(runs)}`,
  goals: (runs: readonly Run[]) => latest(runs, goalTable),
  lessons: (runs: readonly Run[]) => latest(runs, lessonTable),
  sides: (runs: readonly Run[]) =>
    latest(runs, (outcomes) => outcomes.map((outcome) => `**${outcome.goal}: ${outcome.title}**\n\n${sideTable(outcome)}`).join('\n\n')),
  growth: (runs: readonly Run[]) => latest(runs, growthTable),
  runs: (runs: readonly Run[]) => (runs.length === 0 ? NOTHING : runs.map((run) => `- ${conditionsOf(run)}`).join('\n')),
}

type Part = keyof typeof parts

/** Pages with tables of the bench, and which each has a place for. */
export const pages = {
  'README.md': ['summary'],
  'docs/performance.md': ['summary', 'goals', 'lessons', 'sides', 'growth', 'runs'],
} satisfies Record<string, Part[]>
export type Page = keyof typeof pages

/** Each goal as it was measured last; the whole of a run need not be repeated. */
function latest(runs: readonly Run[], show: (outcomes: readonly Outcome[]) => string): string {
  const outcomes = measuredLast(runs).map(({ outcome }) => outcome)
  const inOrder = outcomes.sort((one, other) => number(one) - number(other))
  return inOrder.length === 0 ? NOTHING : show(inOrder)
}

const number = ({ goal }: Outcome) => Number(goal.slice(1))

/** A page with its tables as these runs make them; the words between are people's. */
export function withTables(text: string, runs: readonly Run[], names: readonly Part[]): string {
  return names.reduce((before, name) => {
    const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- end: ${name} -->`]
    const [from, to] = [before.indexOf(begin), before.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`the page has no place for "${name}": ${begin} … ${end}`)
    return `${before.slice(0, from + begin.length)}\n${parts[name](runs)}\n${before.slice(to)}`
  }, text)
}

export const readPage = (page: Page) => readFileSync(join(root, page), 'utf8')

/** Brings the pages' tables up to date with the runs that are kept. */
export function writePages() {
  for (const page of Object.keys(pages) as Page[]) writeFileSync(join(root, page), withTables(readPage(page), readRuns(), pages[page]))
}

if (import.meta.main) writePages()
