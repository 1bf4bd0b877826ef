import type { EffectStore, SetStore } from '@quadrille/messaging'
import { type OutboxUnderTest, outboxContract } from '../../messaging/test/outbox-contract.ts'
import { setStoreContract } from '../../messaging/test/set-store-contract.ts'
import { type Counter, changes, counting, type Shelf } from '../../messaging/test/set-store-toy.ts'
import {
  createDatabase,
  createFaults,
  createMemoryEffectStore,
  createMemoryOutbox,
  createMemorySetStore,
  createScheduler,
} from '../src/memory/index.ts'
import { serve } from './memory-serve.ts'

function serveDatabase() {
  const scheduler = createScheduler({ seed: 1 })
  const database = createDatabase({ service: counting, scheduler, faults: createFaults(scheduler.chance) })
  return { ...serve(scheduler), database }
}

setStoreContract('sets and effects in memory', async () => {
  const { database, visitor, elapse, close } = serveDatabase()
  return {
    sets: createMemorySetStore(database, visitor) as SetStore<Counter, Shelf>,
    effects: createMemoryEffectStore(database, visitor) as EffectStore<Counter>,
    appended: async (orderId) =>
      [...database.tables.outbox.values()].flatMap(({ event }) => (event?.key === orderId ? event.sequence : [])),
    elapse,
    close,
  }
})

outboxContract('the simulated outbox', async (): Promise<OutboxUnderTest> => {
  const { database, visitor, elapse, close } = serveDatabase()
  const sets = createMemorySetStore(database, visitor)
  const rowsOf = (ids: ReadonlySet<string>) =>
    [...database.tables.outbox.values()].filter(({ event, letter }) => ids.has((event ?? letter)!.id))
  const idsOf = (ids: ReadonlySet<string>) => rowsOf(ids).map(({ id }) => String(id))
  const wanted = (...rows: readonly { id: string }[]) => new Set(rows.map(({ id }) => id))
  const append: OutboxUnderTest['append'] = async (events, letters = []) => {
    await sets.transact((trx) => trx.commit(changes({ events, letters })))
    return idsOf(wanted(...events, ...letters))
  }
  return {
    store: createMemoryOutbox(database, visitor),
    append,
    async open(events) {
      const opened = Promise.withResolvers<void>()
      const ending = Promise.withResolvers<void>()
      const ids: string[] = []
      const ended = database.transact(visitor, async (trx) => {
        await trx.statement(() => {
          for (const event of events) {
            const row = { id: database.nextId(), event, createdAt: 0, publishedAt: null }
            ids.push(String(row.id))
            trx.write(() => database.tables.outbox.set(row.id, row))
          }
        })
        opened.resolve()
        await ending.promise
        await trx.commit()
      })
      await opened.promise
      return {
        ids,
        commit() {
          ending.resolve()
          return ended
        },
      }
    },
    published: async () =>
      [...database.tables.outbox.values()].filter(({ publishedAt }) => publishedAt !== null).map(({ id }) => String(id)),
    elapse,
    close,
  }
})
