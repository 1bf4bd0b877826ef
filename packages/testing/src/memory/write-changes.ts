import type { Changes, EnqueuedEffect, OutboxEvent, ParkedRow } from '@quadrille/messaging'
import type { MemoryDatabase } from './database.ts'
import type { MemoryTransaction } from './transaction.ts'

/** Writes a set: the append in a statement of its own, since ids are taken there and seen by others only after COMMIT. */
export async function writeChanges(database: MemoryDatabase, trx: MemoryTransaction, changes: Changes) {
  const { events, letters, ended, due } = changes
  const rows = events.length + letters.length
  const appended = rows > 0 ? trx.statement(() => append(database, trx, changes)) : undefined
  const written = trx.statement(async () => {
    saveStates(database, trx, changes)
    writeParked(database, trx, changes)
    for (const effect of changes.effects.toSorted((a, b) => (a.key < b.key ? -1 : 1))) await enqueue(database, trx, effect)
    for (const key of [...ended.map((one) => one.key), ...due]) await trx.lock(`effect ${key}`)
    endEffects(database, trx, changes)
  })
  await Promise.all([appended, written])
}

function saveStates({ tables, service }: MemoryDatabase, trx: MemoryTransaction, { states, shared }: Changes) {
  for (const state of states) trx.write(() => tables.states.set((state as { orderId: string }).orderId, state))
  for (const row of shared) trx.write(() => tables.shared.set(service.shared!.keyOf(row), row))
}

function append({ tables, nextId }: MemoryDatabase, trx: MemoryTransaction, { events, letters, sequences }: Changes) {
  for (const event of events) checkSequence(tables.sequences, event)
  const rows = [...events.map((event) => ({ event })), ...letters.map((letter) => ({ letter }))]
  for (const row of rows.map((one) => ({ ...one, id: nextId(), createdAt: trx.began, publishedAt: null })))
    trx.write(() => tables.outbox.set(row.id, row))
  for (const event of events) trx.write(() => tables.sequences.add(placeOf(event)))
  for (const [orderId, sequence] of sequences) trx.write(() => tables.streams.set(orderId, { ...tables.streams.get(orderId)!, sequence }))
}

const placeOf = ({ topic, key, sequence }: OutboxEvent) => `${topic} ${key} ${sequence}`

function checkSequence(taken: ReadonlySet<string>, event: OutboxEvent) {
  if (!taken.has(placeOf(event))) return
  throw Object.assign(new Error(`duplicate key value violates unique (topic, key, sequence): ${placeOf(event)}`), { code: '23505' })
}

function writeParked({ tables, nextId }: MemoryDatabase, trx: MemoryTransaction, { parked, failedAgain, closed, streams }: Changes) {
  const byId = (wanted: string) => [...tables.parked.values()].find(({ id }) => id === wanted)
  for (const row of parked) trx.write(() => park(tables, row, String(nextId())))
  for (const { id, code, error } of failedAgain)
    trx.write(() => {
      const row = byId(id)!
      Object.assign(row, { code, error, attempts: row.attempts + 1 })
    })
  for (const { id, outcome } of closed) trx.write(() => Object.assign(byId(id)!, { outcome }))
  for (const [orderId, reason] of streams)
    trx.write(() => tables.streams.set(orderId, { ...tables.streams.get(orderId)!, parked: reason !== null }))
}

function park(tables: MemoryDatabase['tables'], row: ParkedRow, id: string) {
  if (!tables.parked.has(row.eventId)) tables.parked.set(row.eventId, { ...row, id, outcome: null })
}

async function enqueue({ tables, now }: MemoryDatabase, trx: MemoryTransaction, effect: EnqueuedEffect) {
  if (tables.effects.has(effect.key)) return
  await trx.lock(`effect ${effect.key}`)
  if (tables.effects.has(effect.key)) return
  const runAt = now() + effect.delayMs
  const row = {
    ...effect,
    orderId: effect.payload.orderId,
    runAt,
    status: 'due',
    attempts: 0,
    begun: false,
    leasedUntil: null,
    lastError: null,
  } as const
  trx.write(() => tables.effects.set(effect.key, { ...row }))
}

function endEffects({ tables, now }: MemoryDatabase, trx: MemoryTransaction, { ended, due }: Changes) {
  for (const { key, attempt, status, error } of ended)
    trx.write(() => {
      const effect = tables.effects.get(key)!
      if (effect.attempts === attempt) Object.assign(effect, { status, lastError: error ?? null, leasedUntil: null })
    })
  for (const key of due)
    trx.write(
      () => tables.effects.get(key)?.status === 'refused' && Object.assign(tables.effects.get(key)!, { status: 'due', runAt: now() }),
    )
}
