import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

export interface Wishes {
  readonly help: boolean
  readonly fresh: boolean
  /** Place that many orders, check the invariants, and end. */
  readonly orders?: number
  readonly rate: number
  readonly seed: number
  /** Stay up after the orders. */
  readonly keep: boolean
}

/** What cannot be done as asked: one line that says why and what to do instead. */
export class Refusal extends Error {}

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  fresh: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  orders: { type: 'string' },
  rate: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
} as const

export function readArguments(args: readonly string[]): Wishes {
  const values = parsed(args, options)
  const { help, fresh, keep } = values
  if (keep && values.orders === undefined) throw new Refusal('--keep needs --orders N: without orders the demo stays up anyway')
  return {
    help,
    fresh,
    keep,
    rate: whole('rate', values.rate, 1, 1_000),
    seed: whole('seed', values.seed, 1, 2 ** 31),
    ...(values.orders !== undefined && { orders: whole('orders', values.orders, 1, 100_000) }),
  }
}

/** What a command line says; an option that it does not know is refused. */
export function parsed<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split('. ')[0]}: see --help`)
  }
}

export function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new Refusal(`--${name} must be a whole number from ${least} to ${most}, not "${text}"`)
}
