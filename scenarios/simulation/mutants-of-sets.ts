import type { SetStore, SetTransaction } from '@quadrille/messaging'
import type { MemoryDatabase, Mutants } from '@quadrille/testing/memory'
import type { RuntimeMutants } from './mutants.ts'

type Change = (trx: SetTransaction, database: MemoryDatabase, store: SetStore) => Partial<SetTransaction>

const changing = (change: Change): Mutants => ({
  sets: (store, database) => ({ transact: (work) => store.transact((trx) => work({ ...trx, ...change(trx, database, store) })) }),
})

const nobody: readonly never[] = []
const nothing = {
  states: nobody,
  shared: nobody,
  events: nobody,
  sequences: new Map(),
  effects: nobody,
  ended: nobody,
  due: nobody,
  parked: nobody,
  failedAgain: nobody,
  closed: nobody,
  letters: nobody,
  streams: new Map(),
}

/** What is wrong with a set's transaction. Dedupe and fencing show only in a service that counts. */
export const mutantsOfSets: RuntimeMutants = {
  'claims in another transaction': {
    counted: true,
    mutants: changing((_, __, store) => ({
      claim: (inputs) =>
        store.transact(async (own) => {
          const claimed = await own.claim(inputs)
          await own.commit(nothing)
          return claimed
        }),
    })),
  },
  'claims nothing': { counted: true, mutants: changing(() => ({ claim: async (inputs) => new Set(inputs.map(({ id }) => id)) })) },
  'claims last, after it has decided': { counted: true, mutants: changing(claimingLast) },
  'forgets claims while their records can be read again': {
    counted: true,
    mutants: changing((trx, { tables: { processed } }) => ({
      claim(inputs) {
        for (const id of [...processed.keys()].slice(0, -3)) processed.delete(id)
        return trx.claim(inputs)
      },
    })),
  },
  'does not fence outcomes': {
    counted: true,
    mutants: changing(() => ({ fence: async (attempts) => new Set(attempts.map(({ key, attempt }) => `${key}#${attempt}`)) })),
  },
  'locks only orders it knows': {
    mutants: changing((trx, { tables }) => ({
      async lock(orderIds) {
        const known = orderIds.filter((orderId) => tables.streams.has(orderId))
        const { now, streams } = await trx.lock(known)
        return { now, streams: new Map(orderIds.map((id) => [id, streams.get(id) ?? { sequence: 0, parked: false }])) }
      },
    })),
  },
  'locks orders as they come': {
    plan: { instances: { orders: 2, payments: 2, warehouse: 3, loyalty: 2, email: 2 }, rewind: 0.01, crash: 0, freeze: 0 },
    mutants: changing((trx) => ({ lock: (orderIds) => trx.lock(Math.random() < 0.5 ? orderIds : orderIds.toReversed()) })),
  },
  'does not lock shared rows': {
    mutants: changing((_, { tables }) => ({
      loadShared: async (keys) => new Map(keys.flatMap((key) => (tables.shared.has(key) ? [[key, tables.shared.get(key)]] : []))),
    })),
  },
  'skips the parked check': {
    counted: true,
    mutants: changing((trx) => ({
      async lock(orderIds) {
        const { now, streams } = await trx.lock(orderIds)
        return { now, streams: new Map([...streams].map(([id, stream]) => [id, { ...stream, parked: false }])) }
      },
    })),
  },
  'writes no letter of garbage': {
    mutants: changing((trx) => ({ commit: (changes) => trx.commit({ ...changes, parked: [], letters: [], streams: new Map() }) })),
  },
  'redrives letters in another order': {
    counted: true,
    mutants: changing((trx) => ({ openLetters: async (...of) => (await trx.openLetters(...of)).toReversed() })),
  },
  'closes letters that fail again': {
    mutants: changing((trx) => ({
      commit({ failedAgain, closed, ...changes }) {
        const given = failedAgain.map(({ id }) => ({ id, outcome: 'redriven' as const }))
        return trx.commit({ ...changes, failedAgain: [], closed: [...closed, ...given] })
      },
    })),
  },
}

/** Two copies are both believed to be the first until one of them commits. */
function claimingLast(trx: SetTransaction, { tables }: MemoryDatabase): Partial<SetTransaction> {
  let taken: Parameters<SetTransaction['claim']>[0] = []
  return {
    async claim(inputs) {
      taken = inputs
      return new Set(inputs.map(({ id }) => id).filter((id) => !tables.processed.has(id) && !tables.parked.has(id)))
    },
    async commit(changes) {
      await trx.claim(taken)
      await trx.commit(changes)
    },
  }
}
