import { checkHistory } from './check.ts'
import { countingViolations } from './counting.ts'
import type { SimulatedMutant } from './mutants.ts'

/** Where a mutant showed itself. */
export interface Caught {
  readonly seed: number
  /** The invariants that were broken there: `I3`, or `counting` in the service that counts, or `rest` when it never came to rest. */
  readonly by: readonly string[]
}

// The hardest need a process to freeze between two certain statements, or two sets to lock two orders at once: one in some 500.
const MOST_HISTORIES = 3_000

/** Plays rough histories until one shows that something is wrong. */
export async function hunt(mutant: SimulatedMutant, most = MOST_HISTORIES): Promise<Caught | undefined> {
  for (let seed = 1; seed <= most; seed += 1) {
    const by = await brokenBy(mutant, seed)
    if (by.length > 0) return { seed, by }
  }
  return undefined
}

async function brokenBy({ counted, mutants, mutate, plan }: SimulatedMutant, seed: number): Promise<string[]> {
  const options = { seed, mutants, mutate, plan, rough: true }
  if (counted) return (await countingViolations(options)).length > 0 ? ['counting'] : []
  const { wrong } = await checkHistory(options)
  return [...new Set(wrong.map((words) => /^I\d+|^locks|^counting/.exec(words)?.[0] ?? 'rest'))]
}
