import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Simulated } from './simulate.ts'

/** What is kept of long runs: what was played, that it bit, and what was wrong. */
export interface Result extends Simulated {
  /** Of the sources that were played. */
  readonly commits: readonly string[]
  readonly seeds: readonly [first: number, last: number]
}

export const readResult = (file: string): Result => JSON.parse(readFileSync(file, 'utf8'))

export function resultOf(simulated: Simulated, first: number, before?: Result): Result {
  const { histories, failed, seconds, steps, orders, ends, bites } = simulated
  const commits = new Set([...(before?.commits ?? []), ...commitOf(import.meta.dirname)])
  return {
    commits: [...commits],
    seeds: [first, first + histories - 1],
    histories,
    failed,
    seconds: Math.round(seconds),
    steps,
    orders: sorted(orders),
    ends: sorted(ends),
    bites: sorted(bites),
  }
}

export const writeResult = (file: string, result: Result) => writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)

/** None where the sources are no checkout. */
function commitOf(directory: string): string[] {
  try {
    return [execFileSync('git', ['rev-parse', 'HEAD'], { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()]
  } catch {
    return []
  }
}

const sorted = (counts: Readonly<Record<string, number>>) => Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
