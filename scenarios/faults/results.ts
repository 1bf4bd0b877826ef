import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runtimeDigest } from './runtime-digest.ts'
import type { Tried } from './trial.ts'

/** What a row's last recorded run showed. */
export interface Result {
  readonly passed: boolean
  readonly seed: number
  readonly commit: string
  /** The runtime that was tried, as `runtimeDigest` tells it. */
  readonly runtime: string
  readonly at: string
  readonly seconds: number
  readonly orders: number
  readonly acknowledged: number
  /** Copies in the topics that the inboxes absorbed. */
  readonly copies: number
  readonly bites: Readonly<Record<string, number>>
  readonly problems: readonly string[]
}

export type Results = Readonly<Record<string, Result>>

const root = resolve(import.meta.dirname, '../..')
const file = join(root, 'scenarios/results.json')

export const readResults = (): Results => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})

/** Keeps a row's result, in the order of the rows. */
export function record(row: number, seed: number, { verdict, problems, seconds, promised }: Tried): void {
  const { acknowledged, copies, bites } = verdict
  const result: Result = {
    passed: problems.length === 0,
    seed,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    runtime: runtimeDigest(),
    at: new Date().toISOString(),
    seconds,
    orders: promised,
    acknowledged,
    copies,
    bites,
    problems,
  }
  writeFileSync(file, `${JSON.stringify({ ...readResults(), [row]: result }, null, 2)}\n`)
}
