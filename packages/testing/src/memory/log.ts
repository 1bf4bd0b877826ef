import type { Topic } from '@quadrille/contracts'
import { type Message, type OutgoingRecord, partitionName, SendError } from '@quadrille/messaging'

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
  append(record: OutgoingRecord, now: number): Log
  /** A record that its topic takes, or not: a property of the record. */
  check(record: OutgoingRecord): void
}

export function createLogs(): Logs {
  const all: Log[] = []
  const byTopic = new Map<string, { readonly logs: readonly Log[]; readonly written: Log[]; readonly largest: number }>()
  const of = (topic: string) => byTopic.get(topic)?.logs ?? []

  function add({ name, partitions, maxMessageBytes = LARGEST }: Topic) {
    // One further each topic: the events of an order go to different members, which then race.
    const next = all.length + byTopic.size
    const partitioned = Array.from({ length: partitions }, (_, partition) => createLog(name, partition, next + partition))
    byTopic.set(name, { logs: partitioned, written: [], largest: maxMessageBytes })
    all.push(...partitioned)
  }

  const logs: Logs = {
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
    written: (topics) => [...topics].flatMap((topic) => byTopic.get(topic)?.written ?? []),
    append(record, now) {
      const log = logs.get(record.topic, record.partition)
      if (log.messages.length === 0) byTopic.get(record.topic)!.written.push(log)
      log.messages.push(messageOf(log, record, now))
      return log
    },
    check(record) {
      if (weightOf(record) > byTopic.get(record.topic)!.largest) throw new SendError('record', 'the record is too large')
    },
  }
  return logs
}

const LARGEST = 1_000_000

const createLog = (topic: string, partition: number, place: number): Log => ({
  topic,
  partition,
  name: partitionName({ topic, partition }),
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

function messageOf({ topic, partition, messages }: Log, { key, value, headers }: OutgoingRecord, now: number): Message {
  const at = { topic, partition, offset: String(messages.length), timestamp: String(now) }
  return { ...at, key: key === null ? null : bytes(key), value: value === null ? null : bytes(value), headers: headersOf(headers) }
}

/** A record with everything around it. */
export function weightOf({ key, value, headers }: OutgoingRecord): number {
  let weight = (key?.length ?? 0) + (value?.length ?? 0)
  for (const name in headers) {
    const given = headers[name] ?? ''
    weight += name.length + (Array.isArray(given) ? given.reduce((sum, one) => sum + one.length, 0) : given.length)
  }
  return weight
}
