import type { Topic } from '@quadrille/contracts'
import { type Message, type OutgoingRecord, SendError } from '@quadrille/messaging'

/** One partition. */
export interface Log {
  readonly topic: string
  readonly partition: number
  readonly name: string
  /** Which member of a group reads it. */
  readonly place: number
  readonly messages: Message[]
}

/** Every partition of every topic. */
export interface Logs {
  readonly all: readonly Log[]
  create(topics: readonly Topic[]): void
  /** Throws where there is none, as a send there fails. */
  get(topic: string, partition: number): Log
  of(topic: string): readonly Log[]
  /** Those of these topics that hold something. */
  written(topics: Iterable<string>): readonly Log[]
  /** A record that its topic takes, or not: a property of the record. */
  check(record: OutgoingRecord): void
}

export function createLogs(): Logs {
  const all: Log[] = []
  const byTopic = new Map<string, { readonly logs: readonly Log[]; readonly largest: number }>()
  const of = (topic: string) => byTopic.get(topic)?.logs ?? []

  function add({ name, partitions, maxMessageBytes = LARGEST }: Topic) {
    const next = all.length
    const logs = Array.from({ length: partitions }, (_, partition) => createLog(name, partition, next + partition))
    byTopic.set(name, { logs, largest: maxMessageBytes })
    all.push(...logs)
  }

  return {
    all,
    create(topics) {
      for (const topic of topics) if (!byTopic.has(topic.name)) add(topic)
    },
    get(topic, partition) {
      const log = of(topic)[partition]
      if (!log) throw new SendError('environment', `unknown topic or partition: ${topic}/${partition}`)
      return log
    },
    of,
    written: (topics) => [...topics].flatMap(of).filter(({ messages }) => messages.length > 0),
    check(record) {
      if (weightOf(record) > byTopic.get(record.topic)!.largest) throw new SendError('record', 'the record is too large')
    },
  }
}

const LARGEST = 1_000_000

const createLog = (topic: string, partition: number, place: number): Log => ({
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

/** A record with everything around it. */
export function weightOf({ key, value, headers }: OutgoingRecord): number {
  let weight = (key?.length ?? 0) + (value?.length ?? 0)
  for (const name in headers) weight += name.length + [headers[name] ?? ''].flat().reduce((sum, one) => sum + one.length, 0)
  return weight
}
