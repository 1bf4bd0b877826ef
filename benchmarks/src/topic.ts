import { randomUUID } from 'node:crypto'
import { HEADERS, headerOf, type Topic, topics } from '@quadrille/contracts'
import { createKafkaJs, type Delivery, type Message, type PartitionOffset } from '@quadrille/messaging'
import { waitFor } from '@quadrille/testing'
import type { Delivered } from './ledger.ts'

/** The bench's own eyes on the broker. */
export interface Topics {
  create(wanted?: readonly Topic[]): Promise<void>
  /** Where a topic ends now. */
  ends(topic: string): Promise<readonly PartitionOffset[]>
  /** How many records came since. */
  countSince(from: readonly PartitionOffset[]): Promise<number>
  /** Every record since, those of one partition in order. */
  readSince(from: readonly PartitionOffset[]): Promise<Delivered[]>
  close(): Promise<void>
}

export function openTopics(brokers: readonly string[]): Topics {
  const kafka = createKafkaJs({ brokers, clientId: 'bench', log: { debug: () => {} } })
  const ends = async (topic: string) => (await kafka.topicOffsets(topic)).map(({ partition, high }) => ({ topic, partition, offset: high }))
  const topicOf = (from: readonly PartitionOffset[]) => from[0]!.topic

  async function readSince(from: readonly PartitionOffset[]) {
    const topic = topicOf(from)
    const left = missing(from, await ends(topic))
    const read: Delivered[] = []
    if (left.size === 0) return read
    const groupId = `bench-${randomUUID()}`
    const deliver = async ({ partition, messages }: Delivery) => {
      read.push(...messages.map(delivered))
      if (BigInt(messages.at(-1)!.offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition)
      return true
    }
    const crash = (error: Error) => Promise.reject(error)
    const consumption = await kafka.consume({ groupId, topics: [topic], from, deliver, onAssigned: () => {}, onCrash: crash })
    await waitFor(() => left.size === 0, { deadline: 120_000, what: `every record of ${topic}` }).finally(() => consumption.stop())
    return read
  }

  return {
    create: (wanted = topics) =>
      waitFor(() => kafka.createTopics(wanted).then(() => true), { deadline: 60_000, what: 'the topics' }).then(() => {}),
    ends,
    async countSince(from) {
      const now = new Map((await ends(topicOf(from))).map(({ partition, offset }) => [partition, BigInt(offset)]))
      return Number(from.reduce((sum, { partition, offset }) => sum + now.get(partition)! - BigInt(offset), 0n))
    },
    readSince,
    close: () => kafka.disconnect(),
  }
}

/** The partitions that grew, and where they end now. */
function missing(from: readonly PartitionOffset[], to: readonly PartitionOffset[]): Map<number, bigint> {
  const begun = new Map(from.map(({ partition, offset }) => [partition, BigInt(offset)]))
  return new Map(to.flatMap(({ partition, offset }) => (BigInt(offset) > begun.get(partition)! ? [[partition, BigInt(offset)]] : [])))
}

const delivered = ({ key, headers }: Message): Delivered => ({
  id: headerOf({ headers } as never, HEADERS.id) ?? '',
  key: key?.toString() ?? '',
  sequence: Number(headerOf({ headers } as never, HEADERS.sequence)),
})
