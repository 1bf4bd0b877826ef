import { type Emitter, PARTITIONS, topicOf } from '@quadrille/contracts'
import type { Pool } from 'pg'
import type { Kafka, Producer } from './kafka.ts'
import { MOST_BYTES, type OutboxRow } from './outbox.ts'
import { type PublishedStretch, publishedSince, readPublished } from './postgres/outbox-history.ts'
import type { Task } from './postgres/tasks.ts'
import { replayTopicOf } from './replay-topic.ts'
import type { TaskKind, TaskStep } from './tasks.ts'

interface OutboxReplayOptions {
  readonly service: { readonly name: string }
  readonly pool: Pool
  readonly kafka: Pick<Kafka, 'connectProducer' | 'createTopics'>
}

interface Plan extends PublishedStretch {
  /** The emitter's own topic, or one that a single consumer reads. */
  readonly to: string
}

const LARGEST_BATCH = 500
const REPLAY_TOPIC_DAYS = 7

/**
 * Publishes the outbox's rows once more, in the order of their ids, so of each order in the order it was decided: where Kafka has lost
 * them, or never had them for so long. What was handled before is absorbed. The relay goes on beside it.
 */
export function outboxReplay({ service, pool, kafka }: OutboxReplayOptions): TaskKind {
  let producer: Producer | undefined

  async function close() {
    await producer?.disconnect().catch(() => undefined)
    producer = undefined
  }

  async function send(to: string, rows: readonly OutboxRow[]) {
    producer ??= await kafka.connectProducer()
    try {
      await producer.send(rows.map(({ record }) => ({ ...record, topic: to })))
    } catch (error) {
      await close() // no producer is trusted after a failure
      throw error
    }
  }

  async function step({ plan, position, ratePerSecond }: Task): Promise<TaskStep | null> {
    const { to, ...stretch } = plan as Plan
    const after = (position as { id: string } | null)?.id
    if (after === undefined) await kafka.createTopics([{ name: to, partitions: PARTITIONS, retentionMs: REPLAY_TOPIC_DAYS * 86_400_000 }])
    const found = await readPublished(pool, stretch, after ?? '0', Math.max(1, Math.min(LARGEST_BATCH, Math.floor(ratePerSecond / 2))))
    if (found === null) return null
    const rows = withinBytes(found.rows)
    if (rows.length > 0) await send(to, rows)
    const id = rows.length === found.rows.length ? found.upTo : rows.at(-1)!.id
    return { position: { id }, done: rows.length, failed: 0 }
  }

  return {
    async plan({ from, consumer }) {
      const topic = topicOf(service.name as Emitter)
      const since = from === 'beginning' ? '-infinity' : (from as { date: string }).date
      const { events, estimated, until } = await publishedSince(pool, topic, since)
      const to = consumer === undefined ? topic : replayTopicOf(topic, String(consumer))
      const sample = [{ to, since, events, ...(estimated && { estimated }) }]
      return { plan: { topic, since, until, to } satisfies Plan, total: events, would: events, orders: null, sample }
    },
    step,
    close,
  }
}

/** The first rows that fit into one batch; the very first whatever it weighs. */
function withinBytes(rows: readonly OutboxRow[]): readonly OutboxRow[] {
  let bytes = 0
  const over = rows.findIndex(({ record }) => {
    bytes += Buffer.byteLength(record.value ?? '') + JSON.stringify(record.headers).length
    return bytes > MOST_BYTES
  })
  return over === -1 ? rows : rows.slice(0, Math.max(1, over))
}
