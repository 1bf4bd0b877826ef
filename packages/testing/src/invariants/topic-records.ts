import { randomUUID } from 'node:crypto'
import type { Admin, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import { waitFor } from '../wait-for.ts'
import type { TopicRecord } from './snapshot.ts'

interface Batch {
  readonly topic: string
  readonly partition: number
  readonly next: bigint
  readonly records: readonly TopicRecord[]
}

/** Every record of these topics from the oldest kept to where they end now; those of one partition in order. */
export async function readTopics(kafka: Kafka, topics: readonly string[], deadline = 20_000): Promise<TopicRecord[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    // Right after a leader was elected kafkajs may still know none.
    const ends = await waitFor(() => endsOf(admin, topics), { deadline, every: 200, what: 'the ends of the topics' })
    return ends.size === 0 ? [] : await readPatiently(kafka, admin, ends, deadline)
  } finally {
    await admin.disconnect()
  }
}

/** The next offset to be written, by `topic/partition`, of partitions that hold anything. */
async function endsOf(admin: Admin, topics: readonly string[]): Promise<Map<string, bigint>> {
  const all = await Promise.all(topics.map(async (topic) => ({ topic, partitions: await admin.fetchTopicOffsets(topic) })))
  const filled = all.flatMap(({ topic, partitions }) =>
    partitions.filter(({ low, high }) => low !== high).map(({ partition, high }) => [`${topic}/${partition}`, BigInt(high)] as const),
  )
  return new Map(filled)
}

/** Once in some hundred runs a new kafkajs consumer joined and then fetched nothing at all; the next one did. Reading twice is harmless. */
async function readPatiently(kafka: Kafka, admin: Admin, ends: ReadonlyMap<string, bigint>, deadline: number): Promise<TopicRecord[]> {
  try {
    return await readUntil(kafka, admin, ends, deadline)
  } catch {
    return await readUntil(kafka, admin, ends, deadline)
  }
}

async function readUntil(kafka: Kafka, admin: Admin, ends: ReadonlyMap<string, bigint>, deadline: number): Promise<TopicRecord[]> {
  const groupId = `invariants-${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50, allowAutoTopicCreation: false })
  const left = new Map(ends)
  const batches: Batch[] = []
  const take = (batch: Batch) => {
    batches.push(batch)
    const place = `${batch.topic}/${batch.partition}`
    if (batch.next >= (left.get(place) ?? 0n)) left.delete(place)
  }
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...new Set([...ends.keys()].map((place) => place.replace(/\/\d+$/, '')))], fromBeginning: true })
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => take(read(payload)) })
    const crashed = new Promise<never>((_, reject) => consumer.on(consumer.events.CRASH, ({ payload: { error } }) => reject(error)))
    const done = waitFor(() => left.size === 0, {
      deadline,
      what: 'all records of the topics',
      diagnose: () => [...left.keys()].join(', '),
    })
    await Promise.race([done, crashed])
  } finally {
    await consumer.disconnect()
    await admin.deleteGroups([groupId]).catch(() => undefined) // an empty group that stays does no harm
  }
  return batches.flatMap(({ records }) => records)
}

const read = ({ batch }: EachBatchPayload): Batch => {
  const { topic, partition, messages } = batch
  const records = messages.map((message) => ({ topic, partition, ...textOf(message) }))
  return { topic, partition, next: BigInt(batch.lastOffset()) + 1n, records }
}

const textOf = ({ offset, key, value, headers = {} }: KafkaMessage) => ({
  offset,
  key: key?.toString() ?? null,
  value: value?.toString() ?? null,
  headers: Object.fromEntries(Object.entries(headers).map(([name, given]) => [name, String([given ?? ''].flat()[0])])),
})
