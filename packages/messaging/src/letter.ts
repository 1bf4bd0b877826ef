import { dlqTopic, HEADERS, headerOf } from '@quadrille/contracts'
import type { Message } from './input.ts'
import type { OutboxLetter } from './store.ts'

interface Death {
  readonly id: string
  readonly message: Message
  readonly origin: 'event' | 'effect'
  readonly code: string
  readonly error: string
  readonly attempts: number
}

/**
 * The letter that goes to `<consumer>.dlq`: key, value and headers byte for byte, plus why and where from.
 * The origin is also told under the names that Spring Kafka uses, which other tools already read.
 */
export function deadLetter(consumer: string, { id, message, origin, code, error, attempts }: Death): OutboxLetter {
  const { topic, partition, offset } = message
  const headers = {
    ...message.headers,
    'x-dlq-id': id,
    'x-dlq-consumer': consumer,
    'x-dlq-origin': origin,
    'x-dlq-code': code,
    'x-dlq-reason': error,
    'x-dlq-attempts': String(attempts),
    'kafka_dlt-original-topic': topic,
    'kafka_dlt-original-partition': String(partition),
    'kafka_dlt-original-offset': offset,
    'kafka_dlt-original-timestamp': message.timestamp,
    'kafka_dlt-original-consumer-group': consumer,
  }
  return { id, topic: dlqTopic(consumer), message: { key: message.key, value: message.value, headers } }
}

/** The type that a record says it is of, without the version; null where it says nothing. */
export const claimedType = (message: Pick<Message, 'headers'>): string | null =>
  headerOf(message, HEADERS.type)?.replace(/\.v\d+$/, '') || null
