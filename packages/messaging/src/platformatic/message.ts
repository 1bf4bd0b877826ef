import type { RecordsBatch } from '@platformatic/kafka'
import type { Message } from '../input.ts'
import type { TopicPartition } from '../kafka.ts'

const EMPTY = Buffer.alloc(0)
const CONTROL = 0b10_0000

/** What a partition's answer holds from an offset on, as ours, and where to read on: a batch may begin before what was asked for. */
export function toMessages(at: TopicPartition, batches: readonly RecordsBatch[], from: bigint): { messages: Message[]; next: bigint } {
  const last = batches.at(-1)
  const messages = batches.filter(({ attributes }) => !(attributes & CONTROL)).flatMap((batch) => messagesOf(at, batch, from))
  return { messages, next: last ? last.firstOffset + BigInt(last.lastOffsetDelta) + 1n : from }
}

function messagesOf({ topic, partition }: TopicPartition, { firstOffset, firstTimestamp, records }: RecordsBatch, from: bigint): Message[] {
  return records
    .filter(({ offsetDelta }) => firstOffset + BigInt(offsetDelta) >= from)
    .map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
      topic,
      partition,
      offset: String(firstOffset + BigInt(offsetDelta)),
      timestamp: String(firstTimestamp + timestampDelta),
      key,
      value,
      headers: receivedHeaders(headers),
    }))
}

/** A name that is repeated has several values; a null value becomes an empty one, as with the first driver. */
function receivedHeaders(headers: RecordsBatch['records'][number]['headers']): Message['headers'] {
  const named = new Map<string, Buffer | Buffer[]>()
  for (const [name, value] of headers) {
    const text = String(name)
    const before = named.get(text)
    named.set(text, before === undefined ? (value ?? EMPTY) : [before, value ?? EMPTY].flat())
  }
  return Object.fromEntries(named)
}
