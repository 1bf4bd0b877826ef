import type { Comparison } from './benchmark.ts'
import type { Compared, Outcome } from './results.ts'
import type { Estimate } from './statistics.ts'

export type Verdict = 'stretch' | 'met' | 'missed' | 'shown'

type Aim = Pick<Comparison, 'aims' | 'must' | 'stretch' | 'gate'>

/** A goal is met when the worse end of the interval passes it, not the median. */
export function verdictOf(aim: Aim, estimate: Estimate): Verdict {
  const worst = aim.aims === 'up' ? estimate.low : estimate.high
  if (aim.stretch !== undefined && passes(aim, worst, aim.stretch)) return 'stretch'
  if (aim.must === undefined) return 'shown'
  return passes(aim, worst, aim.must) ? 'met' : 'missed'
}

/** False where a few short slots, with all their noise, say that something broke. */
export const passesGate = (aim: Aim, { median }: Estimate) => aim.gate === undefined || passes(aim, median, aim.gate)

const passes = ({ aims }: Pick<Aim, 'aims'>, value: number, limit: number) => (aims === 'up' ? value >= limit : value <= limit)

export const gatesOf = (outcomes: readonly Pick<Outcome, 'comparisons'>[]): Compared[] =>
  outcomes.flatMap(({ comparisons }) => comparisons).filter(({ gate }) => gate !== undefined)

/** What broke, in words: wide limits, for a few short slots on a machine that others use too. */
export const brokenGates = (outcomes: readonly Pick<Outcome, 'comparisons' | 'missing'>[]): string[] => [
  ...gatesOf(outcomes)
    .filter((one) => !passesGate(one, one))
    .map(
      ({ name, median, aims, gate }) =>
        `GATE BROKEN: ${name} is ${median.toPrecision(3)}, and must be ${aims === 'up' ? 'at least' : 'at most'} ${gate}`,
    ),
  ...outcomes
    .flatMap(({ missing }) => missing.filter(({ gate }) => gate !== undefined))
    .map(({ name }) => `GATE BROKEN: ${name} was not measured`),
]
