import { randomUUID } from 'node:crypto'
import { type Topic, topicOf } from '@quadrille/contracts'
import { createProxy, waitFor } from '@quadrille/testing'
import type { Message } from '../src/input.ts'
import type { ConsumeOptions, Kafka, OutgoingRecord, SendError } from '../src/kafka.ts'

/** Everything an adapter is told; a test's proxy and its short session included. */
export interface AdapterOptions {
  readonly brokers: readonly string[]
  readonly sessionMs?: number
  readonly reroute?: (broker: { host: string; port: number }) => { host: string; port: number }
}

/** The run's own. */
export const brokers = process.env.TEST_KAFKA_BROKERS?.split(',') ?? []

export const kindOf = (send: Promise<unknown>) =>
  send.then(
    () => 'acknowledged',
    (error: SendError) => error.kind,
  )

const opened: (() => Promise<unknown>)[] = []

/** After every test, also one that failed: what still runs would keep the whole run from ending. */
export async function closeAll() {
  await Promise.all(opened.splice(0).map((close) => close()))
}

/** A proxy in front of the first broker. */
export async function newProxy([broker]: readonly string[]) {
  const [host, port] = broker!.split(':')
  const proxy = await createProxy({ host: host!, port: Number(port) })
  opened.push(proxy.close)
  return proxy
}

/** A topic of its own for a test. Kafka names its leaders a moment before they lead. */
export async function newTopic(kafka: Kafka, partitions = 1, more: Partial<Topic> = {}): Promise<string> {
  const name = `${topicOf('orders')}-${randomUUID()}`
  await kafka.createTopics([{ name, partitions, retentionMs: 3_600_000, ...more }])
  await waitFor(() => kafka.topicOffsets(name), { deadline: 20_000, what: `leaders of ${name}` })
  return name
}

export const record = (topic: string, value: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  topic,
  partition: 0,
  key: null,
  value,
  headers: {},
  ...more,
})

export async function sendAll(kafka: Kafka, records: readonly OutgoingRecord[]) {
  const producer = await kafka.connectProducer()
  await producer.send(records)
  await producer.disconnect()
}

export const text = ({ value }: Message) => String(value)

/** A member that takes everything it is delivered, unless told otherwise. */
export async function member(kafka: Kafka, topics: readonly string[], more: Partial<ConsumeOptions> = {}) {
  const messages: Message[] = []
  const crashes: { error: Error; restarts: boolean }[] = []
  const seen = { assignments: 0, partitions: [] as number[] }
  const groupId = more.groupId ?? `group-${randomUUID()}`
  const consumption = await kafka.consume({
    groupId,
    topics,
    async deliver(delivery) {
      messages.push(...delivery.messages)
      return true
    },
    onAssigned: (partitions) => {
      seen.assignments += 1
      seen.partitions = partitions.map(({ partition }) => partition)
    },
    onCrash: (error, restarts) => void crashes.push({ error, restarts }),
    ...more,
  })
  opened.push(consumption.stop)
  return { groupId, consumption, messages, crashes, seen }
}

/** What the topics hold, as soon as `last` is there. */
export async function readUntil(
  kafka: Kafka,
  topics: readonly string[],
  last: (messages: readonly Message[]) => boolean,
): Promise<Message[]> {
  const { consumption, messages } = await member(kafka, topics)
  await waitFor(() => last(messages), { deadline: 15_000, what: 'the last record', diagnose: () => messages.map(text) })
  await consumption.stop()
  return messages
}
