import { setTimeout as pause } from 'node:timers/promises'
import type { Topic } from '@quadrille/contracts'
import type { Admin, ITopicConfig, Kafka as KafkaJs } from 'kafkajs'
import { KafkaRefusal } from '../kafka.ts'
import { asRefusal } from './failure.ts'

/** Asks over one connection, which is thrown away with the first question that fails. */
export function createAdmin(client: KafkaJs) {
  let connected: Promise<Admin> | undefined

  async function connect() {
    const admin = client.admin()
    try {
      await admin.connect()
    } catch (error) {
      await admin.disconnect().catch(() => undefined)
      throw error
    }
    return admin
  }

  async function disconnect() {
    const last = connected
    connected = undefined
    await (await last?.catch(() => undefined))?.disconnect()
  }

  async function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    connected ??= connect()
    try {
      return await question(await connected)
    } catch (error) {
      await disconnect()
      throw asRefusal(error)
    }
  }

  return { ask, disconnect }
}

/** Creates the missing ones. Somebody else may create them at the same time: kafkajs takes "exists already" (36) for success. */
export async function createTopics(admin: Admin, topics: readonly Topic[]): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const missing = topics.filter(({ name }) => !existing.has(name))
  if (missing.length > 0) {
    await admin.createTopics({ topics: missing.map(toConfig), waitForLeaders: false, timeout: 10_000 })
    await leadersOf(
      admin,
      missing.map(({ name }) => name),
    )
  }
  await assertPartitions(
    admin,
    topics.filter(({ name }) => existing.has(name)),
  )
}

/** kafkajs' own wait gives up where a broker has not heard of the topic yet, as right after its creation in a cluster. */
async function leadersOf(admin: Admin, topics: string[], deadline = performance.now() + 10_000): Promise<void> {
  for (;;) {
    try {
      await admin.fetchTopicMetadata({ topics })
      return
    } catch (error) {
      if (!isSoonThere(error) || performance.now() > deadline) throw error
    }
    await pause(50)
  }
}

const isSoonThere = (error: unknown) =>
  ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes((error as { type?: string }).type ?? '')

/** A topic that somebody else made with other partitions would put an order's events elsewhere than we say: better not to begin. */
async function assertPartitions(admin: Admin, topics: readonly Topic[]) {
  if (topics.length === 0) return
  const described = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) })
  for (const { name, partitions } of topics) {
    const found = described.topics.find((topic) => topic.name === name)?.partitions.length
    if (found !== partitions)
      throw new KafkaRefusal(`topic ${name} has ${found} partitions and should have ${partitions}: delete it, it is made anew`)
  }
}

const toConfig = ({ name, partitions, retentionMs, maxMessageBytes }: Topic): ITopicConfig => ({
  topic: name,
  numPartitions: partitions,
  configEntries: [
    { name: 'retention.ms', value: String(retentionMs) },
    ...(maxMessageBytes === undefined ? [] : [{ name: 'max.message.bytes', value: String(maxMessageBytes) }]),
  ],
})

/** What a group has committed; Kafka says below zero where it never did. */
export async function groupOffsets(admin: Admin, groupId: string, topics: readonly string[]) {
  const fetched = await admin.fetchOffsets({ groupId, topics: [...topics] })
  return fetched.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({ topic, partition, offset: offset.startsWith('-') ? null : offset })),
  )
}

export async function topicOffsets(admin: Admin, topic: string) {
  const fetched = await admin.fetchTopicOffsets(topic)
  return fetched.map(({ partition, low, high }) => ({ partition, low, high }))
}

export async function offsetsAt(admin: Admin, topic: string, time: Date) {
  const fetched = await admin.fetchTopicOffsetsByTimestamp(topic, time.getTime())
  return fetched.map(({ partition, offset }) => ({ topic, partition, offset }))
}

export async function groupMembers(admin: Admin, groupId: string) {
  const { groups } = await admin.describeGroups([groupId])
  return { members: groups[0]?.members.length ?? 0, state: String(groups[0]?.state ?? 'Dead') }
}
