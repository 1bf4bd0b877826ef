import type { Pool } from 'pg'
import type { Definition } from '../definition.ts'
import type { Changes, SetStore, SetTransaction } from '../store.ts'
import { appendEvents, appendLetters } from './append.ts'
import { end, enqueue, fence, makeDue } from './effects.ts'
import { claim, lock, setParked } from './inbox.ts'
import { close, failAgain, openLetters, park } from './parked.ts'
import { type PipelinedTrx, transact } from './transaction.ts'

/** The sets' transactions on PostgreSQL: three trips, whatever the size of the set. */
export function createSetStore<State, Shared>(pool: Pool, service: Definition<State, Shared>): SetStore<State, Shared> {
  return { transact: (work) => transact(pool, (trx) => work(setTransaction(trx, service))) }
}

function setTransaction<State, Shared>(trx: PipelinedTrx, service: Definition<State, Shared>): SetTransaction<State, Shared> {
  const { name, store, shared, journal = false } = service
  return {
    claim: (inputs) => claim(trx, name, inputs, journal),
    lock: (orderIds) => lock(trx, orderIds),
    load: (orderIds) => store.load(trx, orderIds),
    loadShared: async (keys) => (shared && keys.length > 0 ? shared.load(trx, keys) : new Map()),
    fence: (attempts) => fence(trx, attempts),
    openLetters: (orderIds, letterIds) => openLetters(trx, name, orderIds, letterIds),
    commit: (changes) => trx.commit(...write(trx, service, changes)),
  }
}

/** One statement for each kind of change there is; rows of `effects` come last, as the lock order wants. */
function write<State, Shared>(trx: PipelinedTrx, { name, store, shared }: Definition<State, Shared>, changes: Changes<State, Shared>) {
  const statements: [number, () => Promise<unknown>][] = [
    [changes.states.length, () => store.save(trx, changes.states)],
    [changes.shared.length, () => shared!.save(trx, changes.shared)],
    [changes.events.length, () => appendEvents(trx, changes.events, changes.sequences)],
    [changes.parked.length, () => park(trx, name, changes.parked)],
    [changes.failedAgain.length, () => failAgain(trx, changes.failedAgain)],
    [changes.closed.length, () => close(trx, changes.closed)],
    [changes.letters.length, () => appendLetters(trx, changes.letters)],
    [changes.streams.size, () => setParked(trx, changes.streams)],
    [changes.effects.length, () => enqueue(trx, changes.effects)],
    [changes.ended.length, () => end(trx, changes.ended)],
    [changes.due.length, () => makeDue(trx, changes.due)],
  ]
  return statements.filter(([rows]) => rows > 0).map(([, write]) => write())
}
