import { seeded } from '@quadrille/load'
import { waitFor } from '@quadrille/testing'
import { type Mishap, processMishaps, surroundingMishaps } from './mishaps.ts'
import type { LabRow, Trial } from './row.ts'

const LONGEST_CALM_MS = 3_000

/** A random mix of all faults: one at a time at the processes, and at the same time one around them. The seed decides which, and how long. */
async function unleash(trial: Trial, seed: number, until: number) {
  await Promise.all([lane(trial, processMishaps, seeded(2 * seed), until), lane(trial, surroundingMishaps, seeded(2 * seed + 1), until)])
  const { stack, calm } = trial
  calm()
  // Either may just have been started again.
  const well = async () => {
    await stack.turn('psp', { down: false })
    await stack.turn('mail', { down: false, dropAfterAccept: 0 })
    return true
  }
  await waitFor(well, { deadline: 30_000, every: 200, what: 'the outside world to be well' })
}

async function lane(trial: Trial, mishaps: readonly Mishap[], random: () => number, until: number) {
  while (performance.now() < until) {
    const mishap = mishaps[Math.floor(random() * mishaps.length)]!
    const hits = await mishap.strike(trial, random)
    if (hits > 0) trial.bit(mishap.name, hits)
    await trial.last(random() * LONGEST_CALM_MS)
  }
}

/** Row 44, for so many minutes. */
export const chaosRow = (minutes: number, seed: number): LabRow => ({
  row: 44,
  fault: 'random mix of all of these',
  promise: 'every invariant',
  by: '`pnpm chaos --minutes 30 --seed N`; the seed repeats the plan',
  ci: true,
  mayEnd: /./,
  run: (trial) => unleash(trial, seed, performance.now() + minutes * 60_000),
})
