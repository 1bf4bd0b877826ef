import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import type { OutboxRow, OutboxStore, ReadLimits } from '@quadrille/messaging'
import type { MemoryDatabase } from './database.ts'
import { weightOf } from './log.ts'
import type { Life } from './scheduler.ts'
import type { MemoryOutboxRow } from './tables.ts'

type Database = Pick<MemoryDatabase, 'tables' | 'now' | 'execute' | 'poll' | 'listeners' | 'scheduler' | 'faults'>

/** The outbox of one service, as one process's relay sees it. */
export function createMemoryOutbox(database: Database, life: Life): OutboxStore {
  const { tables, now, listeners, scheduler } = database
  const execute = <T>(run: () => T) => database.execute(life, run)
  return {
    acquire: (owner, ttlMs) => execute(() => acquire(database, owner, ttlMs)),
    release: (owner) =>
      execute(() => {
        if (tables.lease.owner === owner) Object.assign(tables.lease, { owner: null, until: Number.NEGATIVE_INFINITY })
      }),
    async markAndRead(acknowledged, limits) {
      if (acknowledged.length > 0) await execute(() => mark(database, acknowledged, life))
      return limits.limit > 0
        ? database.poll(
            life,
            () => read(database, limits),
            () => isAllSent(database),
          )
        : []
    },
    park: (row, reason) =>
      execute(() => void tables.outboxParked.set(Number(row.id), { line: row.key && `${row.topic} ${row.key}`, reason })),
    notify: () =>
      execute(() => {
        for (const wake of listeners) wake()
      }),
    async listen(onWake) {
      const wake = () => scheduler.post(life, onWake)
      const close = () => listeners.delete(wake)
      await execute(() => listeners.add(wake))
      life.onEnd(close)
      return { alive: true, close: async () => void close() }
    },
    backlog: () =>
      execute(() => {
        const rows = sendable(database)
        return { unsent: rows.length, oldestAgeMs: rows[0] ? now() - rows[0].createdAt : 0, parked: tables.outboxParked.size }
      }),
  }
}

function acquire({ tables: { lease }, now, faults }: Database, owner: string, ttlMs: number) {
  if (lease.owner !== owner && lease.until >= now()) return null
  if (lease.owner !== owner && lease.owner !== null) faults.note('relayTakeover')
  if (lease.owner !== owner) lease.term += 1
  Object.assign(lease, { owner, until: now() + ttlMs })
  return { term: String(lease.term) }
}

function mark({ tables, now, faults }: Database, acknowledged: readonly string[], { name }: Life) {
  if (tables.lease.owner !== null && tables.lease.owner !== name) faults.note('zombieRelay')
  for (const id of acknowledged) tables.outbox.get(Number(id))!.publishedAt ??= now()
}

function sendable({ tables: { outbox, outboxParked } }: Database): MemoryOutboxRow[] {
  const stopped = new Set([...outboxParked.values()].map(({ line }) => line))
  const mayGo = ({ id, event, publishedAt }: MemoryOutboxRow) =>
    publishedAt === null && !outboxParked.has(id) && !(event && stopped.has(`${event.topic} ${event.key}`))
  return [...outbox.values()].filter(mayGo).sort((a, b) => a.id - b.id)
}

function isAllSent({ tables: { outbox } }: Database): boolean {
  for (const { publishedAt } of outbox.values()) if (publishedAt === null) return false
  return true
}

function read(database: Database, { limit, maxBytes, inFlight = [] }: ReadLimits): OutboxRow[] {
  let bytes = 0
  return sendable(database)
    .filter(({ id }) => !inFlight.includes(String(id)))
    .slice(0, limit)
    .map(outboxRow)
    .filter(({ record }, place) => {
      bytes += weightOf(record)
      return place === 0 || bytes <= maxBytes
    })
}

function outboxRow({ id, event, letter }: MemoryOutboxRow): OutboxRow {
  const { topic } = (event ?? letter)!
  const { key, value, headers } = event ?? letter!.message
  const partition = key === null ? id % PARTITIONS : partitionFor(key, PARTITIONS)
  return {
    id: String(id),
    topic,
    key: event ? event.key : null,
    record: { topic, partition, key, value, headers },
    traceparent: event?.headers.traceparent,
  }
}
