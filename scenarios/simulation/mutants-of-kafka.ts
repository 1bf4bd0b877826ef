import type { Delivery, Kafka, OutboxRow, OutboxStore, Producer } from '@quadrille/messaging'
import type { Life, MemoryDatabase, Mutants } from '@quadrille/testing/memory'
import type { RuntimeMutants } from './mutants.ts'

type Reading = (store: OutboxStore, database: MemoryDatabase, life: Life) => Partial<OutboxStore>

const relaying = (change: Reading): Mutants => ({ outbox: (store, ...of) => ({ ...store, ...change(store, ...of) }) })

/** What is wrong with a relay or a consumer. */
export const mutantsOfKafka: RuntimeMutants = {
  'marks before the acknowledgement': { mutants: relaying(markingFirst) },
  'goes on after a failed row': { mutants: relaying(passingOver) },
  'keeps a cursor: after the last id it marked': { mutants: relaying(keepingCursor) },
  'reads ahead: after the last id it read': { mutants: relaying(readingAhead) },
  'sends in the order of created_at': { mutants: relaying(readingByAge) },
  'deals rows out among relays, skip locked': { mutants: relaying(dealing) },
  'takes a failed send for done': { mutants: { kafka: believing } },
  'keeps its producer after a failed send': { mutants: { kafka: keepingProducer } },
  'commits offsets before the database': { mutants: { kafka: committingFirst } },
  'throws at a record that is no JSON': { mutants: { kafka: parsing } },
}

function markingFirst(store: OutboxStore): Partial<OutboxStore> {
  return {
    async markAndRead(acknowledged, limits) {
      const rows = await store.markAndRead(acknowledged, limits)
      const ids = rows.map(({ id }) => id)
      if (ids.length > 0) await store.markAndRead(ids, { ...limits, limit: 0 })
      return rows
    },
  }
}

/** Rows that come again were tried and not acknowledged: they are left for later. */
function passingOver(store: OutboxStore): Partial<OutboxStore> {
  let tried = new Set<string>()
  return {
    async markAndRead(acknowledged, limits) {
      const rows = await store.markAndRead(acknowledged, limits)
      const fresh = rows.filter(({ id }) => !tried.has(id))
      const chosen = fresh.length > 0 ? fresh : rows
      tried = new Set(chosen.map(({ id }) => id))
      return chosen
    },
  }
}

const highest = (last: number, ids: readonly string[]) => Math.max(last, ...ids.map(Number))

/** Ids become visible out of order: what a late transaction shows lies behind the cursor. */
function keepingCursor(store: OutboxStore): Partial<OutboxStore> {
  let last = 0
  return {
    async markAndRead(acknowledged, limits) {
      const rows = await store.markAndRead(acknowledged, limits)
      last = highest(last, acknowledged)
      return rows.filter(({ id }) => Number(id) > last)
    },
  }
}

function readingAhead(store: OutboxStore): Partial<OutboxStore> {
  let last = 0
  return {
    async markAndRead(acknowledged, limits) {
      const rows = (await store.markAndRead(acknowledged, limits)).filter(({ id }) => Number(id) > last)
      last = highest(
        last,
        rows.map(({ id }) => id),
      )
      return rows
    },
  }
}

/** That is when a transaction began, and not the order in which they got their locks. */
function readingByAge(store: OutboxStore, { tables }: MemoryDatabase): Partial<OutboxStore> {
  const age = ({ id }: OutboxRow) => tables.outbox.get(Number(id))!.createdAt
  return { markAndRead: async (...of) => (await store.markAndRead(...of)).toSorted((a, b) => age(a) - age(b)) }
}

const lockedRows = new WeakMap<MemoryDatabase, Set<string>>()

/** Every relay is active, and takes a few rows that no other one has locked. */
function dealing(store: OutboxStore, database: MemoryDatabase, life: Life): Partial<OutboxStore> {
  const locked = lockedRows.get(database) ?? new Set()
  lockedRows.set(database, locked)
  let mine: string[] = []
  const unlock = () => {
    for (const id of mine) locked.delete(id)
  }
  life.onEnd(unlock)
  return {
    acquire: async (owner, ttlMs) => (await store.acquire(owner, ttlMs)) ?? { term: '0' },
    async markAndRead(acknowledged, limits) {
      const rows = await store.markAndRead(acknowledged, limits)
      unlock()
      const free = rows.filter(({ id }) => !locked.has(id)).slice(0, 1)
      mine = free.map(({ id }) => id)
      for (const id of mine) locked.add(id)
      return free
    },
  }
}

function believing(kafka: Kafka): Kafka {
  return {
    ...kafka,
    async connectProducer() {
      const producer = await kafka.connectProducer()
      return { ...producer, send: (records) => producer.send(records).catch(() => undefined) }
    },
  }
}

function keepingProducer(kafka: Kafka): Kafka {
  let kept: Producer | undefined
  return {
    ...kafka,
    async connectProducer() {
      kept ??= { ...(await kafka.connectProducer()), disconnect: async () => undefined }
      return kept
    },
  }
}

function committingFirst(kafka: Kafka): Kafka {
  return delivering(kafka, async ({ topic, partition, messages }, commit) => {
    const offset = String(Number(messages.at(-1)!.offset) + 1)
    await commit([{ topic, partition, offset }])
  })
}

function parsing(kafka: Kafka): Kafka {
  return delivering(kafka, async ({ messages }) => {
    for (const { value } of messages) JSON.parse(String(value))
  })
}

type Commit = (offsets: Parameters<Awaited<ReturnType<Kafka['consume']>>['commit']>[0]) => Promise<unknown>

/** Does something else before each delivery. */
function delivering(kafka: Kafka, before: (delivery: Delivery, commit: Commit) => Promise<void>): Kafka {
  return {
    ...kafka,
    async consume(options) {
      const deliver: typeof options.deliver = async (delivery) => {
        await before(delivery, (offsets) => consumption?.commit(offsets).catch(() => undefined))
        return options.deliver(delivery)
      }
      const consumption = await kafka.consume({ ...options, deliver })
      return consumption
    },
  }
}
