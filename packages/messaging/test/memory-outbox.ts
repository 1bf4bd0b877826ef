import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import type { OutboxRow, OutboxStore } from '../src/outbox.ts'
import type { OutboxEvent, OutboxLetter } from '../src/store.ts'

interface StoredRow extends OutboxRow {
  readonly appendedAt: number
  visible: boolean
  published: boolean
}

/** What a test sees and does beside the port. */
export interface MemoryOutbox extends OutboxStore {
  append(events: readonly OutboxEvent[], letters?: readonly OutboxLetter[]): string[]
  /** Takes ids at once, as a transaction does, and shows its rows when it commits. */
  open(events: readonly OutboxEvent[], letters?: readonly OutboxLetter[]): { ids: string[]; commit(): void }
  readonly rows: readonly StoredRow[]
  published(): string[]
  parkedIds(): string[]
  unsent(): number
  readonly notified: number
}

/** An outbox without a database: the same promises, kept in arrays. */
export function createMemoryOutbox(now: () => number): MemoryOutbox {
  const rows: StoredRow[] = []
  const parked = new Map<string, OutboxRow>()
  const listeners = new Set<() => void>()
  let lease: { owner: string | null; term: number; until: number } = { owner: null, term: 0, until: Number.NEGATIVE_INFINITY }
  let notified = 0

  const waits = (row: OutboxRow) => [...parked.values()].some(({ topic, key }) => key !== null && topic === row.topic && key === row.key)
  const sendable = () => rows.filter((row) => row.visible && !row.published && !parked.has(row.id) && !waits(row))

  function open(events: readonly OutboxEvent[], letters: readonly OutboxLetter[] = []) {
    const records = [...events.map(eventRecord), ...letters.map(letterRecord)]
    const added = records.map((row, i) => ({
      ...row,
      id: String(rows.length + i + 1),
      appendedAt: now(),
      visible: false,
      published: false,
    }))
    rows.push(...added.map((row) => ({ ...row, record: { ...row.record, partition: partitionOf(row) } })))
    const ids = added.map(({ id }) => id)
    return {
      ids,
      commit() {
        for (const row of rows) if (ids.includes(row.id)) row.visible = true
      },
    }
  }

  return {
    rows,
    open,
    append(events, letters) {
      const { ids, commit } = open(events, letters)
      commit()
      return ids
    },
    published: () => rows.filter(({ published }) => published).map(({ id }) => id),
    parkedIds: () => [...parked.keys()],
    unsent: () => sendable().length,
    get notified() {
      return notified
    },
    async acquire(owner, ttlMs) {
      if (lease.owner !== owner && lease.until >= now()) return null
      lease = { owner, term: lease.term + Number(lease.owner !== owner), until: now() + ttlMs }
      return { term: String(lease.term) }
    },
    async release(owner) {
      if (lease.owner === owner) lease = { owner: null, term: lease.term, until: Number.NEGATIVE_INFINITY }
    },
    async markAndRead(acknowledged, { limit, maxBytes, inFlight = [] }) {
      for (const row of rows) if (acknowledged.includes(row.id)) row.published = true
      const next = sendable().filter(({ id }) => !inFlight.includes(id))
      return upTo(next.slice(0, limit), maxBytes)
    },
    async park(row) {
      parked.set(row.id, row)
    },
    async notify() {
      notified += 1
      for (const onWake of listeners) onWake()
    },
    async listen(onWake) {
      listeners.add(onWake)
      return { alive: true, close: async () => void listeners.delete(onWake) }
    },
    async backlog() {
      const unsent = sendable()
      return { unsent: unsent.length, oldestAgeMs: unsent[0] ? now() - unsent[0].appendedAt : 0, parked: parked.size }
    },
  }
}

const eventRecord = ({ topic, key, value, headers }: OutboxEvent) => ({
  topic,
  key,
  traceparent: headers.traceparent,
  record: { topic, key, value, headers },
})

const letterRecord = ({ topic, message }: OutboxLetter) => ({ topic, key: null, record: { topic, ...message } })

const partitionOf = ({ id, record: { key } }: { id: string; record: { key: Buffer | string | null } }) =>
  key === null ? Number(id) % PARTITIONS : partitionFor(key, PARTITIONS)

function upTo(rows: OutboxRow[], maxBytes: number): OutboxRow[] {
  let bytes = 0
  return rows.filter(({ record }, place) => {
    bytes += (record.value?.length ?? 0) + JSON.stringify(record.headers).length
    return place === 0 || bytes <= maxBytes
  })
}
