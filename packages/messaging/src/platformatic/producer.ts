import { setImmediate as turn } from 'node:timers/promises'
import { createAPI, Producer as PlatformaticProducer, ProduceAcks, produceV9, Writer } from '@platformatic/kafka'
import { type OutgoingRecord, type Producer, partitionName, SendError } from '../kafka.ts'
import { type PlatformaticOptions, settingsOf, wired } from './client.ts'
import { asSendError } from './failure.ts'
import { encodeBatch } from './record-batch.ts'

/** How long the broker waits for its replicas; below the client's request timeout, so that its answer arrives. */
const ACKNOWLEDGED_WITHIN_MS = 5_000

/**
 * Knows brokers and leaders by the library, and writes its requests itself: see `encodeBatch`. Not idempotent, so that nothing depends on
 * what a client remembers of a send that failed: duplicates we absorb, losses we could not.
 */
export async function connectProducer(options: PlatformaticOptions): Promise<Producer> {
  const client = wired(new PlatformaticProducer({ ...settingsOf(options), idempotent: false }), options)
  try {
    await client.metadata({ topics: [] })
  } catch (error) {
    await client.close().catch(() => undefined)
    throw asSendError(error)
  }
  return {
    async send(records) {
      await turn() // what was asked of others before, such as the next read, goes out first: encoding 500 records takes milliseconds
      try {
        await sendByLeader(client, records)
      } catch (error) {
        throw asSendError(error)
      }
    },
    disconnect: () => client.close(),
  }
}

/** One request to each broker. */
async function sendByLeader(client: PlatformaticProducer, records: readonly OutgoingRecord[]) {
  const { brokers, topics } = await client.metadata({ topics: [...new Set(records.map(({ topic }) => topic))] })
  const leaderOf = ({ topic, partition }: OutgoingRecord) => topics.get(topic)?.partitions[partition]?.leader ?? -1
  const sends = [...Map.groupBy(records, leaderOf)].map(async ([leader, led]) => {
    const broker = brokers.get(leader)
    if (!broker) throw new SendError('environment', `${led[0]!.topic} has no partition ${led[0]!.partition}, or nobody leads it`)
    const { responses } = await produce.async(await client.connections.get(broker), led)
    const answers = responses.flatMap(({ name, partitionResponses }) =>
      partitionResponses.map(({ index }) => ({ topic: name, partition: index })),
    )
    assertAllSent(led, answers)
  })
  await Promise.allSettled(sends) // no request is under way when the next ones begin, or this producer is thrown away
  await Promise.all(sends)
}

/** Version 9, which every broker of Kafka 3 and 4 knows. */
const produce = createAPI<[records: readonly OutgoingRecord[]], produceV9.ProduceResponse>(0, 9, requestOf, produceV9.parseResponse)

function requestOf(records: readonly OutgoingRecord[]): Writer {
  const now = Date.now()
  return Writer.create()
    .appendString(null) // no transaction
    .appendInt16(ProduceAcks.ALL)
    .appendInt32(ACKNOWLEDGED_WITHIN_MS)
    .appendArray([...Map.groupBy(records, ({ topic }) => topic)], (topics, [topic, ofTopic]) => {
      topics.appendString(topic).appendArray([...Map.groupBy(ofTopic, ({ partition }) => partition)], (partitions, [partition, led]) => {
        partitions.appendInt32(partition).appendBytes(encodeBatch(led, now))
      })
    })
    .appendTaggedFields()
}

function assertAllSent(records: readonly OutgoingRecord[], answers: readonly { topic: string; partition: number }[]) {
  const answered = new Set(answers.map(partitionName))
  const missing = records.find((record) => !answered.has(partitionName(record)))
  if (missing) throw new SendError('environment', `nobody acknowledged what was sent to ${missing.topic}, partition ${missing.partition}`)
}
