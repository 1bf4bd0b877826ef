import type { Mutants } from '@quadrille/testing/memory'
import type { AnyDefinition } from './fleet.ts'
import { mutantsOfEffects } from './mutants-of-effects.ts'
import { mutantsOfKafka } from './mutants-of-kafka.ts'
import { serviceMutants } from './mutants-of-services.ts'
import { mutantsOfSets } from './mutants-of-sets.ts'
import type { Plan } from './plan.ts'

/** Faults of the runtime, put into its ports. Counted ones show in a service that counts. */
export type RuntimeMutants = Readonly<Record<string, Omit<SimulatedMutant, 'name' | 'mutate'>>>

/** One thing that could be wrong with the system. */
export interface SimulatedMutant {
  readonly name: string
  readonly mutants?: Mutants
  readonly counted?: true
  /** It shows only where several things meet: what leads to them. */
  readonly plan?: Partial<Plan>
  readonly mutate?: (service: AnyDefinition) => AnyDefinition
}

/** Everything that could be wrong, one at a time: the simulation is worth something only because it notices each. */
export const simulatedMutants: readonly SimulatedMutant[] = [
  ...Object.entries({ ...mutantsOfSets, ...mutantsOfKafka, ...mutantsOfEffects }).map(([name, mutant]) => ({
    name: `the runtime ${name}`,
    ...mutant,
  })),
  ...Object.entries(serviceMutants).map(([name, mutate]) => ({ name, mutate })),
]

/** Those with one of these words in their name; all where none is given. */
export const mutantsNamed = (words: readonly string[]) =>
  simulatedMutants.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
