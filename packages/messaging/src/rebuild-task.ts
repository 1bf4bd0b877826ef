import type { Pool } from 'pg'
import { MessageError } from './errors.ts'
import type { AnyInput, EventInput } from './input.ts'
import { rewriteJournal } from './postgres/journal.ts'
import { type TopicReplayOptions, topicReplay } from './replay-topic.ts'
import type { TaskKind } from './tasks.ts'

/**
 * Writes a service's journal anew from its topics: the one thing here that is a projection, made of nothing but records. It is rewritten
 * in place, record by record, so that a timeline is never empty meanwhile. Nothing is folded: no event, no effect.
 */
export function rebuildTask(options: TopicReplayOptions & { readonly pool: Pool }): TaskKind {
  const { service, pool } = options
  const replay = topicReplay({ ...options, purpose: 'rebuild', collector: createJournalWriter(pool, service.name) })
  return {
    ...replay,
    async plan(request) {
      if (!service.journal) throw new MessageError('TASK_REFUSED', noProjection(service.name))
      return replay.plan({ ...request, from: 'beginning' })
    },
  }
}

const noProjection = (service: string) =>
  `${service} keeps no projection: its state is decided with commands and effects, and records alone do not tell it again; to deliver records again, replay`

/** Takes a reader's inputs, as many at once as have come. A broken record has no entry. */
function createJournalWriter(pool: Pool, consumer: string) {
  const waiting: { input: EventInput; resolve: () => void; reject: (error: unknown) => void }[] = []
  let writing = false

  async function write() {
    writing = true
    await Promise.resolve() // what arrives in the same tick is written together
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 500)
      const written = rewriteJournal(
        pool,
        consumer,
        batch.map(({ input }) => input),
      )
      const failure = await written.then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      for (const { resolve, reject } of batch) failure ? reject(failure.error) : resolve()
    }
    writing = false
  }

  return {
    add(input: AnyInput): Promise<void> {
      if (input.kind !== 'event') return Promise.resolve()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ input, resolve, reject })
      if (!writing) void write()
      return promise
    },
    get size() {
      return waiting.length
    },
  }
}
