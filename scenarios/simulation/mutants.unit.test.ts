import { describe, expect, it } from '@jest/globals'
import { hunt } from './hunt.ts'
import { simulatedMutants } from './mutants.ts'

describe('the simulation, when something is broken', () => {
  it.each(simulatedMutants.map((mutant) => [mutant.name, mutant] as const))(
    'notices that %s',
    async (_, mutant) => expect(await hunt(mutant)).toMatchObject({ seed: expect.any(Number) }),
    240_000,
  )

  it('knows its mutants by names of their own', () => {
    expect(new Set(simulatedMutants.map(({ name }) => name)).size).toBe(simulatedMutants.length)
  })
})
