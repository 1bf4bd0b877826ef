import type { Message, OutgoingRecord } from '@quadrille/messaging'

/** One partition. */
export interface Log {
  readonly topic: string
  readonly partition: number
  readonly name: string
  /** Which member of a group reads it. */
  readonly place: number
  readonly messages: Message[]
}

export const createLog = (topic: string, partition: number, place: number): Log => ({
  topic,
  partition,
  name: `${topic}/${partition}`,
  place,
  messages: [],
})

const bytes = (content: Buffer | string) => (typeof content === 'string' ? Buffer.from(content) : content)

/** Headers come back as bytes, whatever went in. */
function headersOf(headers: OutgoingRecord['headers']): Message['headers'] {
  const read: Record<string, Buffer | Buffer[]> = {}
  for (const name in headers) {
    const given = headers[name]
    if (given !== undefined) read[name] = Array.isArray(given) ? given.map(bytes) : bytes(given)
  }
  return read
}

export function append(log: Log, { key, value, headers }: OutgoingRecord, now: number) {
  const { topic, partition, messages } = log
  const raw = { key: key === null ? null : bytes(key), value: value === null ? null : bytes(value), headers: headersOf(headers) }
  messages.push({ topic, partition, offset: String(messages.length), timestamp: String(now), ...raw })
}

const LARGEST = 1_000_000

/** What a broker refuses for its size: the record with everything around it. */
export const isTooLarge = (record: OutgoingRecord, largest = LARGEST): boolean => weightOf(record) > largest

export function weightOf({ key, value, headers }: OutgoingRecord): number {
  let weight = (key?.length ?? 0) + (value?.length ?? 0)
  for (const name in headers) weight += name.length + [headers[name] ?? ''].flat().reduce((sum, one) => sum + one.length, 0)
  return weight
}
