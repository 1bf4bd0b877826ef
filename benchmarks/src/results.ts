import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Comparison, Reading } from './benchmark.ts'
import type { Durability } from './durability.ts'
import type { Machine } from './machine.ts'
import type { Estimate } from './statistics.ts'
import type { Verdict } from './verdict.ts'

/** One measurement, whether it counted or not. */
export interface Measured extends Reading {
  readonly round: number
  readonly side: string
  /** The share of the machine that others had meanwhile; null where nobody can know. */
  readonly foreign: number | null
  /** Processor seconds by process. */
  readonly cpu: Readonly<Record<string, number>>
  /** Measured again, since others had more of the machine than was agreed. */
  readonly again: boolean
}

export interface Compared extends Comparison, Estimate {
  readonly ratios: readonly number[]
  readonly verdict: Verdict
}

/** What came of one goal. */
export interface Outcome {
  readonly goal: string
  readonly name: string
  readonly title: string
  readonly sides: Readonly<Record<string, string>>
  readonly figures: Readonly<Record<string, string>>
  readonly conditions: Readonly<Record<string, string | number | boolean>>
  readonly pairs: number
  readonly slotMs: number
  readonly comparisons: readonly Compared[]
  /** What should have been compared, but no round had the figure. */
  readonly missing: readonly Comparison[]
  /** Every slot. */
  readonly slots: readonly Measured[]
  readonly reruns: number
  /** Slots that count although others had more of the machine than was agreed, because it never grew quiet. */
  readonly noisy: number
  /** How many lines of the ledger were looked at; all of them agreed. */
  readonly ledger: number
}

/** One run of the bench. */
export interface Run {
  readonly date: string
  readonly commit: string
  readonly quick: boolean
  readonly machine: Machine
  readonly durability: Durability
  readonly outcomes: readonly Outcome[]
  /** Goal and name of each benchmark that failed, of which nothing is shown. */
  readonly failed: readonly string[]
}

const folder = resolve(import.meta.dirname, '../results')

/** Runs that are kept in the repository, newest first. */
export const readRuns = (): Run[] =>
  globSync('*.json', { cwd: folder })
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Run)
    .sort((one, other) => other.date.localeCompare(one.date))

/** Each benchmark as it was measured last, with the run that did; runs are given newest first. */
export function measuredLast(runs: readonly Run[]): { readonly run: Run; readonly outcome: Outcome }[] {
  const found = new Map<string, { readonly run: Run; readonly outcome: Outcome }>()
  for (const run of runs) for (const outcome of run.outcomes) if (!found.has(outcome.name)) found.set(outcome.name, { run, outcome })
  return [...found.values()]
}

export function writeRun(file: string, run: Run): void {
  mkdirSync(dirname(resolve(file)), { recursive: true })
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`)
}

/** Whether a file is one of those that the page shows. */
export const isKept = (file: string) => dirname(resolve(file)) === folder
