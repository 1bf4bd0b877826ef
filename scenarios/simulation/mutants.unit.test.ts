import { describe, expect, it } from '@jest/globals'
import { checkHistory } from './check.ts'
import { countingViolations } from './counting.ts'
import { runtimeMutants, serviceMutants } from './mutants.ts'

/** The first seed that showed each; when histories have changed since, the search begins at 1. */
const firstSeeds: Readonly<Record<string, number>> = {}

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
