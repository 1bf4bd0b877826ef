import { parseArgs } from 'node:util'
import { Refusal, whole } from '@quadrille/demo/arguments'
import type { Benchmark } from './benchmark.ts'

export interface Wishes {
  readonly benchmarks: readonly Benchmark[]
  readonly quick: boolean
  readonly pairs: number
  readonly slotMs: number
  /** Of a run of everything; each benchmark has its share. */
  readonly minutes: number
  /** The longest past of a table that grows. */
  readonly rows: number
  readonly json?: string
}

/** What all shares come to, and the share of a benchmark that names none. */
export const ALL_MINUTES = 34
export const USUAL_MINUTES = 3.3

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  quick: { type: 'boolean', default: false },
  pairs: { type: 'string' },
  slot: { type: 'string' },
  minutes: { type: 'string' },
  rows: { type: 'string', default: '1000000' },
  json: { type: 'string' },
} as const

const usual = { pairs: '15', slot: '3000', minutes: String(ALL_MINUTES) }
/** Enough to see that something broke, in less than four minutes. */
const quickly = { pairs: '2', slot: '1500', minutes: '5' }

/** What is to be measured, and how long; `help` where it is asked for. */
export function readArguments(args: readonly string[], known: readonly Benchmark[]): Wishes | 'help' {
  const { values, positionals } = readLine(args)
  const { help, quick, json, rows, ...given } = values
  if (help) return 'help'
  const { pairs, slot, minutes } = { ...(quick ? quickly : usual), ...given }
  const benchmarks = named(positionals, known).filter((one) => !quick || one.quick)
  return {
    ...{ benchmarks, quick, pairs: whole('pairs', pairs, 1, 1_000), slotMs: whole('slot', slot, 100, 3_600_000) },
    ...{ minutes: whole('minutes', minutes, 1, 10_000), rows: whole('rows', rows, 100_000, 100_000_000), ...(json && { json }) },
  }
}

function readLine(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split('. ')[0]}: see --help`)
  }
}

function named(names: readonly string[], known: readonly Benchmark[]): readonly Benchmark[] {
  const found = (word: string) => known.filter(({ name, goal }) => name === word || goal.toLowerCase() === word.toLowerCase())
  const unknown = names.find((word) => found(word).length === 0)
  if (unknown) throw new Refusal(`"${unknown}" is none of ${known.map(({ name, goal }) => `${name} (${goal})`).join(', ')}`)
  return names.length === 0 ? known : known.filter((one) => names.some((word) => found(word).includes(one)))
}
