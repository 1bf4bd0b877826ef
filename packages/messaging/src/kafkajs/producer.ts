import { setImmediate as turn } from 'node:timers/promises'
import { type Kafka as KafkaJs, Partitioners, type RecordMetadata } from 'kafkajs'
import { type OutgoingRecord, type Producer, partitionName, SendError } from '../kafka.ts'
import { asSendError } from './failure.ts'
import { toTopicMessages } from './message.ts'

const ALL_REPLICAS = -1

/** How long the broker waits for its replicas; below the client's request timeout, so that its answer arrives. */
const ACKNOWLEDGED_WITHIN_MS = 5_000

/**
 * Not idempotent on purpose: after a lost acknowledgement kafkajs reuses the sequence number of the record it gave up on,
 * and the broker acknowledges the *next* record as a duplicate without storing it. Duplicates we absorb, losses we could not.
 */
export async function connectProducer(client: KafkaJs): Promise<Producer> {
  const producer = client.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
  })
  try {
    await producer.connect()
  } catch (error) {
    await producer.disconnect().catch(() => undefined) // a broker that accepts and says nothing would keep the socket open
    throw asSendError(error)
  }
  return {
    async send(records) {
      await turn() // encoding 500 records takes 15 ms: what was asked of others first, such as the next read, is let out before
      try {
        const topicMessages = toTopicMessages(records)
        assertAllSent(records, await producer.sendBatch({ acks: ALL_REPLICAS, timeout: ACKNOWLEDGED_WITHIN_MS, topicMessages }))
      } catch (error) {
        throw asSendError(error)
      }
    },
    disconnect: () => producer.disconnect(),
  }
}

/** kafkajs leaves out records of a partition that it finds no leader for, and resolves all the same. */
function assertAllSent(records: readonly OutgoingRecord[], answers: readonly RecordMetadata[]) {
  const answered = new Set(answers.map(({ topicName: topic, partition }) => partitionName({ topic, partition })))
  const missing = records.find((record) => !answered.has(partitionName(record)))
  if (missing) throw new SendError('environment', `${missing.topic} has no partition ${missing.partition}, or nobody leads it`)
}
