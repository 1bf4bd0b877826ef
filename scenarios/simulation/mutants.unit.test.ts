import { describe, expect, it } from '@jest/globals'
import { checkHistory } from './check.ts'
import { countingViolations } from './counting.ts'
import { runtimeMutants, serviceMutants } from './mutants.ts'

/** The first seed that showed each; when histories have changed since, the search begins at 1. */
const firstSeeds: Readonly<Record<string, number>> = {
  'claims in another transaction': 66,
  'claims nothing': 3,
  'does not fence outcomes': 13,
  'locks only orders it knows': 256,
  'does not lock shared rows': 13,
  'skips the parked check': 1,
  'marks before the acknowledgement': 4,
  'goes on after a failed row': 10,
  'reads ahead by id': 3,
  'takes a failed send for done': 11,
  'commits offsets before the database': 10,
  'payments forgets a stop that came while it was charging': 2,
  'payments ignores StockShort': 2,
  'payments charges under a new key each time, and does not ask': 3,
  'warehouse misses a payment that came before the order': 264,
  'warehouse forgets a decline that came before the order': 98,
  'warehouse keeps the stock of a declined order': 2,
  'warehouse oversells': 1,
  'orders lets a dispatch win over a cancel': 32,
  'orders gives each event a correlation of its own': 1,
  'orders forgets its Idempotency-Keys': 2,
  'loyalty does not look again when the hold is over': 2,
  'loyalty does not take points back': 1,
  'email stumbles over a refund': 1,
  'email forgets what waits for the address': 41,
}

const MOST = 1_000

async function caught(name: string, check: (seed: number) => Promise<readonly string[]>): Promise<boolean> {
  const recorded = firstSeeds[name]
  if (recorded !== undefined && (await check(recorded)).length > 0) return true
  for (let seed = 1; seed <= MOST; seed += 1) if ((await check(seed)).length > 0) return true
  return false
}

describe('the simulation, when the runtime is broken', () => {
  it.each(Object.keys(runtimeMutants))(
    'notices that it %s',
    async (name) => {
      const { mutants, counted } = runtimeMutants[name]!
      const check = async (seed: number) =>
        counted ? countingViolations({ seed, mutants }) : (await checkHistory({ seed, mutants })).wrong
      expect(await caught(name, check)).toBe(true)
    },
    30_000,
  )
})

describe('the simulation, when a service is broken', () => {
  it.each(Object.keys(serviceMutants))(
    'notices that %s',
    async (name) => {
      const check = async (seed: number) => (await checkHistory({ seed, mutate: serviceMutants[name] })).wrong
      expect(await caught(name, check)).toBe(true)
    },
    30_000,
  )
})
