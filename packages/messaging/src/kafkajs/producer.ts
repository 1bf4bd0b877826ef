import { type Kafka as KafkaJs, Partitioners } from 'kafkajs'
import type { Producer } from '../kafka.ts'
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
    throw asSendError(error)
  }
  return {
    async send(records) {
      try {
        await producer.sendBatch({ acks: ALL_REPLICAS, timeout: ACKNOWLEDGED_WITHIN_MS, topicMessages: toTopicMessages(records) })
      } catch (error) {
        throw asSendError(error)
      }
    },
    disconnect: () => producer.disconnect(),
  }
}
