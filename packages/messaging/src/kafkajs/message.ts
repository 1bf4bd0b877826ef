import type { IHeaders, KafkaMessage, TopicMessages } from 'kafkajs'
import type { Message } from '../input.ts'
import type { OutgoingRecord, TopicPartition } from '../kafka.ts'

/** A record as kafkajs delivers it, as ours. */
export function toMessage({ topic, partition }: TopicPartition, { offset, timestamp, key, value, headers }: KafkaMessage): Message {
  return { topic, partition, offset, timestamp, key, value, headers: decodedHeaders(headers) }
}

/**
 * kafkajs collects headers in a plain object and takes one named `constructor` or `__proto__` for a repetition of what
 * every object inherits: such a record would carry a function along and stop whoever stores it. Only bytes get through.
 * A null value becomes an empty one, since kafkajs cannot write null.
 */
function decodedHeaders(headers: IHeaders = {}): Message['headers'] {
  const named = Object.entries(headers).map(([name, value]) => [name, bytesOf([value].flat())] as const)
  return Object.fromEntries(named.map(([name, values]) => [name, values.length === 1 ? values[0]! : values]))
}

const EMPTY = Buffer.alloc(0)

const bytesOf = (values: readonly unknown[]): Buffer[] =>
  values.flatMap((value) => (value === null ? EMPTY : Buffer.isBuffer(value) ? value : []))

/** Records as kafkajs sends them, in one request: by topic, in the order given. */
export function toTopicMessages(records: readonly OutgoingRecord[]): TopicMessages[] {
  const byTopic = Map.groupBy(records, ({ topic }) => topic)
  return [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic.map(toKafkaMessage) }))
}

const toKafkaMessage = ({ partition, key, value, headers }: OutgoingRecord) => ({ partition, key, value, headers: present(headers) })

/** kafkajs writes no header without a value. Hardly ever is there one, and a copy costs 1 µs. */
const present = (headers: OutgoingRecord['headers']): IHeaders =>
  Object.values(headers).includes(undefined)
    ? Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
    : headers
