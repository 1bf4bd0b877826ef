import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '@quadrille/load'
import { type Mishap, processMishaps, surroundingMishaps } from './mishaps.ts'
import type { LabRow, Trial } from './row.ts'

const LONGEST_CALM_MS = 3_000
const SUPERVISED_EVERY_MS = 1_000

/** A random mix of all faults: one at a time at the processes, and at the same time one around them. The seed decides which, and how long. */
async function unleash(trial: Trial, seed: number, until: number) {
  const ending = new AbortController()
  const supervised = supervise(trial, ending.signal)
  try {
    await Promise.all([lane(trial, processMishaps, seeded(2 * seed), until), lane(trial, surroundingMishaps, seeded(2 * seed + 1), until)])
  } finally {
    ending.abort()
    await supervised
  }
  await recover(trial)
}

async function lane(trial: Trial, mishaps: readonly Mishap[], random: () => number, until: number) {
  while (performance.now() < until) {
    const mishap = mishaps[Math.floor(random() * mishaps.length)]!
    const hits = await mishap.strike(trial, random)
    if (hits > 0) trial.bit(mishap.name, hits)
    await trial.last(random() * LONGEST_CALM_MS)
  }
}

/** As Compose and Kubernetes do: what ended by itself is started again, and what it said is kept. */
async function supervise({ stack, bit }: Trial, signal: AbortSignal) {
  while (!signal.aborted) {
    await pause(SUPERVISED_EVERY_MS, undefined, { signal }).catch(() => undefined)
    for (const [name, lastWords] of stack.gone()) {
      bit('started again by the supervisor')
      process.stdout.write(`${name} ended by itself:\n${lastWords}\n`)
      await stack.launch(name)
    }
  }
}

/** The environment is well, and everybody is there. */
async function recover({ stack, calm }: Trial) {
  calm()
  await stack.turn('psp', { down: false })
  await stack.turn('mail', { down: false, dropAfterAccept: 0 })
  for (const [name] of stack.gone()) await stack.launch(name)
}

/** Row 44, for so many minutes. */
export const chaosRow = (minutes: number, seed: number): LabRow => ({
  row: 44,
  fault: 'random mix of all of these',
  promise: 'every invariant',
  by: '`pnpm chaos --minutes 30 --seed N`; the seed repeats the plan',
  ci: true,
  run: (trial) => unleash(trial, seed, performance.now() + minutes * 60_000),
})
