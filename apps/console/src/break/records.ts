import { HEADERS, PARTITIONS, partitionFor } from '@quadrille/contracts'
import type { Message, OutgoingRecord, ReplayingKafka } from '@quadrille/messaging'
import { unavailable } from '@quadrille/service-kit'

const PATIENCE_MS = 15_000

export async function publish(kafka: Pick<ReplayingKafka, 'connectProducer'>, records: readonly OutgoingRecord[]): Promise<void> {
  const producer = await kafka.connectProducer()
  await producer.send(records).finally(() => producer.disconnect())
}

/** Bytes that are no event of anything, under a key that no order has: so nothing waits behind it. */
export const poison = (topic: string, key: string): OutgoingRecord => ({
  ...{ topic, key, partition: partitionFor(key, PARTITIONS), value: Buffer.from([0xff, 0x00, 0xfe]) },
  headers: { [HEADERS.type]: Buffer.from('Poison.v1') },
})

/** The newest of them by time, oldest first; within a partition they stay as they were. */
export const newest = (messages: readonly Message[], many: number): Message[] =>
  [...messages].sort((a, b) => Number(a.timestamp) - Number(b.timestamp)).slice(-many)

/** Reads the last records of a topic, as the only member of a group of its own, which is forgotten afterwards. */
export async function lastRecords(kafka: ReplayingKafka, topic: string, many: number): Promise<Message[]> {
  const ranges = (await kafka.topicOffsets(topic)).map(({ partition, low, high }) => ({ partition, low: Number(low), end: Number(high) }))
  const wanted = ranges.filter(({ low, end }) => end > low).map((range) => ({ ...range, from: Math.max(range.low, range.end - many) }))
  if (wanted.length === 0) return []
  const groupId = `console-again-${crypto.randomUUID()}`
  const found: Message[] = []
  const whole = Promise.withResolvers<void>()
  const left = new Map(wanted.map((range) => [range.partition, range]))
  const consumption = await kafka.consume({
    ...{ groupId, topics: [topic], onAssigned: () => undefined },
    from: wanted.map(({ partition, from }) => ({ topic, partition, offset: String(from) })),
    onCrash: (error, restarts) => restarts || whole.reject(error),
    async deliver({ partition, messages }) {
      const range = left.get(partition)
      const within = ({ offset }: Message) => range !== undefined && Number(offset) >= range.from && Number(offset) < range.end
      found.push(...messages.filter(within))
      if (range && Number(messages.at(-1)?.offset ?? -1) >= range.end - 1) left.delete(partition)
      if (left.size === 0) whole.resolve()
      return true
    },
  })
  const late = setTimeout(() => whole.reject(unavailable(`${topic} could not be read within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS)
  await whole.promise.finally(() => {
    clearTimeout(late)
    return consumption.stop()
  })
  await kafka.deleteGroup(groupId).catch(() => undefined) // Kafka forgets it by itself after a week
  return newest(found, many)
}
