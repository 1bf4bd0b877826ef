import { parseArgs } from 'node:util'
import { Refusal, whole } from '@quadrille/demo/arguments'
import type { Benchmark } from './benchmark.ts'

export interface Wishes {
  readonly benchmarks: readonly Benchmark[]
  readonly quick: boolean
  readonly pairs: number
  readonly slotMs: number
  readonly json?: string
}

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  quick: { type: 'boolean', default: false },
  pairs: { type: 'string' },
  slot: { type: 'string' },
  json: { type: 'string' },
} as const

const usual = { pairs: '15', slot: '5000' }
/** Enough to see that something broke, in less than four minutes. */
const quickly = { pairs: '3', slot: '1500' }

/** What is to be measured, and how long; `help` where it is asked for. */
export function readArguments(args: readonly string[], known: readonly Benchmark[]): Wishes | 'help' {
  const { values, positionals } = readLine(args)
  const { help, quick, json, ...given } = values
  if (help) return 'help'
  const { pairs, slot } = { ...(quick ? quickly : usual), ...given }
  const benchmarks = named(positionals, known).filter((one) => !quick || one.quick)
  return { benchmarks, quick, pairs: whole('pairs', pairs, 1, 1_000), slotMs: whole('slot', slot, 100, 600_000), ...(json && { json }) }
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
