import {
  attemptOf,
  type Changes,
  type EventInput,
  type InvalidInput,
  type SetStore,
  type SetTransaction,
  type Stream,
} from '@quadrille/messaging'
import type { MemoryDatabase } from './database.ts'
import { EPOCH, type Life } from './scheduler.ts'
import { letterOf } from './tables.ts'
import type { MemoryTransaction } from './transaction.ts'
import { writeChanges } from './write-changes.ts'

/** The sets' transactions of one process, on its service's database. */
export function createMemorySetStore(database: MemoryDatabase, life: Life): SetStore {
  return { transact: (work) => database.transact(life, (trx) => work(setTransaction(database, trx))) }
}

function setTransaction(database: MemoryDatabase, trx: MemoryTransaction): SetTransaction {
  const { tables } = database
  const began = new Date(EPOCH + database.now())
  return {
    claim: async (inputs) => (inputs.length === 0 ? new Set() : trx.statement(() => claim(database, trx, inputs))),
    lock: (orderIds) => trx.statement(async () => ({ now: began, streams: await lockStreams(database, trx, orderIds) })),
    load: (orderIds) => trx.statement(() => present(tables.states, orderIds)),
    loadShared: async (keys) => (keys.length === 0 ? new Map() : trx.statement(() => lockShared(database, trx, keys))),
    fence: async (attempts) => (attempts.length === 0 ? new Set() : trx.statement(() => fence(database, trx, attempts))),
    openLetters: (orderIds, letterIds) => trx.statement(() => openLetters(database, new Set(orderIds), new Set(letterIds))),
    commit: async (changes: Changes) => {
      await writeChanges(database, trx, changes)
      await trx.commit()
    },
  }
}

export function present<Row>(rows: ReadonlyMap<string, Row>, keys: readonly string[]): Map<string, Row> {
  const found = new Map<string, Row>()
  for (const key of keys) if (rows.has(key)) found.set(key, rows.get(key)!)
  return found
}

/** `on conflict do nothing`: waits for whoever is inserting the same id, and then finds it taken, or not. */
async function claim({ tables, faults }: MemoryDatabase, trx: MemoryTransaction, inputs: readonly (EventInput | InvalidInput)[]) {
  const claimed = new Set<string>()
  for (const input of inputs.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (claimed.has(input.id)) continue
    await trx.lock(`claim ${input.id}`)
    if (tables.processed.has(input.id) || tables.parked.has(input.id)) {
      faults.note('duplicateAbsorbed')
      continue
    }
    claimed.add(input.id)
    trx.write(() => tables.processed.set(input.id, { id: input.id, input }))
  }
  return claimed
}

async function lockStreams({ tables }: MemoryDatabase, trx: MemoryTransaction, orderIds: readonly string[]) {
  const streams = new Map<string, Stream>()
  for (const orderId of orderIds) {
    await trx.lock(`stream ${orderId}`)
    const stream = tables.streams.get(orderId) ?? { sequence: 0, parked: false }
    streams.set(orderId, stream)
    trx.write(() => tables.streams.has(orderId) || tables.streams.set(orderId, stream))
  }
  return streams
}

async function lockShared({ tables }: MemoryDatabase, trx: MemoryTransaction, keys: readonly string[]) {
  for (const key of keys) await trx.lock(`shared ${key}`)
  return present(tables.shared, keys)
}

async function fence({ tables, faults }: MemoryDatabase, trx: MemoryTransaction, attempts: readonly { key: string; attempt: number }[]) {
  const held = new Set<string>()
  for (const { key, attempt } of attempts.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    await trx.lock(`effect ${key}`)
    const effect = tables.effects.get(key)
    if (effect?.attempts === attempt && effect.status === 'due') held.add(attemptOf({ key, attempt }))
    else faults.note('fenced')
  }
  return held
}

const openLetters = ({ tables }: MemoryDatabase, orderIds: ReadonlySet<string>, letterIds: ReadonlySet<string>) =>
  [...tables.parked.values()]
    .filter(({ outcome, orderId, id }) => outcome === null && (orderIds.has(orderId ?? '') || letterIds.has(id)))
    .toSorted((a, b) => Number(a.id) - Number(b.id))
    .map(letterOf)
