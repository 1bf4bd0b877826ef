import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Driver, runtimeDigest } from './runtime-digest.ts'
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

const fileOf = (driver: Driver) => join(root, driver === 'kafkajs' ? 'scenarios/results.json' : `scenarios/results-${driver}.json`)

export function readResults(driver: Driver = 'kafkajs'): Results {
  const file = fileOf(driver)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** Keeps a row's result with the driver that the processes were told to use, in the order of the rows. */
export function record(row: number, seed: number, { verdict, problems, seconds, promised }: Tried): void {
  const driver: Driver = process.env.KAFKA_CLIENT === 'platformatic' ? 'platformatic' : 'kafkajs'
  const { acknowledged, copies, bites } = verdict
  const result: Result = {
    passed: problems.length === 0,
    seed,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
    runtime: runtimeDigest(driver),
    at: new Date().toISOString(),
    seconds,
    orders: promised,
    acknowledged,
    copies,
    bites,
    problems,
  }
  writeFileSync(fileOf(driver), `${JSON.stringify({ ...readResults(driver), [row]: result }, null, 2)}\n`)
}
