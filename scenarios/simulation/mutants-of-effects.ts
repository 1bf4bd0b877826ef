import type { EffectStore } from '@quadrille/messaging'
import { noMishaps } from '@quadrille/testing/memory'
import type { RuntimeMutants } from './mutants.ts'

/** What is wrong with how effects are taken, begun and tried again. */
export const mutantsOfEffects: RuntimeMutants = {
  // the bug that the simulation found in our own runtime: a process froze between its claim and its start, and then charged a cancelled order
  'begins an effect that another took over': {
    mutants: { effects: (store) => ({ ...store, start: (attempts) => beginAll(store, attempts) }) },
    plan: {
      freeze: 0.03,
      crash: 0,
      rewind: 0,
      outages: [],
      downMs: 0,
      lostAnswers: 0,
      mishaps: noMishaps,
      faultySteps: 2_000,
      instances: { orders: 1, payments: 2, warehouse: 1, loyalty: 1, email: 1 },
    },
  },
  'gives an effect up when it fails': { mutants: { effects: (store) => ({ ...store, retry: async () => undefined, claim: once(store) }) } },
}

async function beginAll(store: EffectStore, attempts: Parameters<EffectStore['start']>[0]) {
  await store.start(attempts)
  return new Set(attempts.map(({ key }) => key))
}

function once(store: EffectStore): EffectStore['claim'] {
  return async (...of) => (await store.claim(...of)).filter(({ attempt }) => attempt === 1)
}
