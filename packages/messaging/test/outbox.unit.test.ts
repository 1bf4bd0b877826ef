import { createMemoryOutbox } from './memory-outbox.ts'
import { outboxContract } from './outbox-contract.ts'

outboxContract('outbox in memory', async () => {
  let time = 0
  const store = createMemoryOutbox(() => time)
  const done = async <T>(value: T) => value
  return {
    store,
    append: (events, letters) => done(store.append(events, letters)),
    async open(events) {
      const { ids, commit } = store.open(events)
      return { ids, commit: () => done(commit()) }
    },
    published: () => done(store.published()),
    async elapse(ms) {
      time += ms
    },
    close: () => done(undefined),
  }
})
