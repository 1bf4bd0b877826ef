import { setTimeout as pause } from 'node:timers/promises'
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka'
import type { Topic } from '@quadrille/contracts'
import { KafkaRefusal, type PartitionOffset, type PartitionRange } from '../kafka.ts'
import { type PlatformaticOptions, settingsOf, wired } from './client.ts'
import { asRefusal, isCalled } from './failure.ts'

/** Asks with one client, which is thrown away with the first question that fails. */
export function createAdmin(options: PlatformaticOptions) {
  let current: Admin | undefined

  async function disconnect() {
    const last = current
    current = undefined
    await last?.close()
  }

  async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = current ?? wired(new Admin({ ...settingsOf(options), retries: 2, retryDelay: 100 }), options)
    current = admin
    try {
      return await question(admin)
    } catch (error) {
      if (current === admin) await disconnect().catch(() => undefined)
      throw error instanceof KafkaRefusal ? error : asRefusal(error)
    }
  }

  return { ask, disconnect }
}

/** Creates the missing ones. Somebody else may create them at the same time. */
export async function createTopics(admin: Admin, topics: readonly Topic[]): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter(({ name }) => !existing.has(name))
  await Promise.all(missing.map((topic) => createTopic(admin, topic)))
  await leadersOf(
    admin,
    missing.map(({ name }) => name),
  )
  await assertPartitions(
    admin,
    topics.filter(({ name }) => existing.has(name)),
  )
}

/** One request each: the library gives all topics of a request the same settings. */
async function createTopic(admin: Admin, { name, partitions, retentionMs, maxMessageBytes }: Topic) {
  const configs = [
    { name: 'retention.ms', value: String(retentionMs) },
    ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
  ]
  try {
    await admin.createTopics({ topics: [{ topic: name, partitions }], configs })
  } catch (error) {
    if (!isCalled(error, 'TOPIC_ALREADY_EXISTS')) throw asRefusal(error, name)
  }
}

/** A broker may not have heard of a topic right after its creation, nor anybody lead it. */
async function leadersOf(admin: Admin, names: string[], deadline = performance.now() + 10_000): Promise<void> {
  if (names.length === 0) return
  for (;;) {
    const found = await admin.metadata({ topics: [...names], forceUpdate: true }).catch((error: unknown) => asRefusal(error))
    if (found instanceof KafkaRefusal) throw found
    if (!(found instanceof Error) && names.every((name) => found.topics.get(name)?.partitions.every(({ leader }) => leader >= 0))) return
    if (performance.now() > deadline) throw found instanceof Error ? found : new Error(`nobody leads ${names.join(', ')} yet`)
    await pause(50)
  }
}

/** A topic that somebody else made with other partitions would put an order's events elsewhere than we say: better not to begin. */
async function assertPartitions(admin: Admin, topics: readonly Topic[]) {
  if (topics.length === 0) return
  const described = await admin.metadata({ topics: topics.map(({ name }) => name), forceUpdate: true })
  for (const { name, partitions } of topics) {
    const found = described.topics.get(name)?.partitionsCount
    if (found !== partitions)
      throw new KafkaRefusal(`topic ${name} has ${found} partitions and should have ${partitions}: delete it, it is made anew`)
  }
}

/** What a group has committed; Kafka says below zero where it never did. */
export async function groupOffsets(admin: Admin, groupId: string, names: readonly string[]) {
  const indexes = await Promise.all(names.map(async (name) => ({ name, partitionIndexes: await partitionsOf(admin, name) })))
  const [group] = await admin.listConsumerGroupOffsets({ groups: [{ groupId, topics: indexes }] })
  const found = (group?.topics ?? []).flatMap(({ name: topic, partitions }) =>
    partitions.map(({ partitionIndex: partition, committedOffset: at }) => ({ topic, partition, offset: at < 0n ? null : String(at) })),
  )
  return found.sort((one, other) => names.indexOf(one.topic) - names.indexOf(other.topic) || one.partition - other.partition)
}

async function partitionsOf(admin: Admin, topic: string): Promise<number[]> {
  const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true })
  return [...(topics.get(topic)?.partitions.keys() ?? [])]
}

export async function topicOffsets(admin: Admin, topic: string): Promise<PartitionRange[]> {
  const at = async (timestamp: bigint) => new Map((await offsetsBy(admin, topic, timestamp)).map((one) => [one.partition, one.offset]))
  const [low, high] = await Promise.all([at(ListOffsetTimestamps.EARLIEST), at(ListOffsetTimestamps.LATEST)])
  return [...high].map(([partition, offset]) => ({ partition, low: low.get(partition)!, high: offset }))
}

export const offsetsAt = (admin: Admin, topic: string, time: Date) => offsetsBy(admin, topic, BigInt(time.getTime()))

/** By partition, in their order. */
async function offsetsBy(admin: Admin, topic: string, timestamp: bigint): Promise<PartitionOffset[]> {
  const partitions = (await partitionsOf(admin, topic)).map((partitionIndex) => ({ partitionIndex, timestamp }))
  const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions }] })
  const sorted = (found?.partitions ?? []).sort((one, other) => one.partitionIndex - other.partitionIndex)
  return sorted.map(({ partitionIndex: partition, offset }) => ({ topic, partition, offset: String(offset) }))
}

export async function groupMembers(admin: Admin, groupId: string) {
  try {
    const group = (await admin.describeGroups({ groups: [groupId] })).get(groupId)
    return { members: group?.members.size ?? 0, state: String(group?.state ?? 'Dead') }
  } catch (error) {
    if (isCalled(error, 'GROUP_ID_NOT_FOUND')) return { members: 0, state: 'Dead' }
    throw error
  }
}
