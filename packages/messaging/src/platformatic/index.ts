import type { ReplayingKafka } from '../kafka.ts'
import { createAdmin, createTopics, groupMembers, groupOffsets, offsetsAt, topicOffsets } from './admin.ts'
import type { PlatformaticOptions } from './client.ts'
import { consume } from './consumption.ts'
import { connectProducer } from './producer.ts'

export type { PlatformaticOptions } from './client.ts'

/** Kafka through @platformatic/kafka: its clients and its protocol, with our own rules for what is tried again, fetched and committed. */
export function createPlatformatic(options: PlatformaticOptions): ReplayingKafka {
  const admin = createAdmin(options)
  return {
    connectProducer: () => connectProducer(options),
    consume: (wanted) => consume(options, wanted),
    createTopics: (topics) => admin.ask((asked) => createTopics(asked, topics)),
    groupOffsets: (groupId, topics) => admin.ask((asked) => groupOffsets(asked, groupId, topics)),
    topicOffsets: (topic) => admin.ask((asked) => topicOffsets(asked, topic)),
    offsetsAt: (topic, time) => admin.ask((asked) => offsetsAt(asked, topic, time)),
    deleteGroup: (groupId) => admin.ask(async (asked) => void (await asked.deleteGroups({ groups: [groupId] }))),
    groupMembers: (groupId) => admin.ask((asked) => groupMembers(asked, groupId)),
    disconnect: admin.disconnect,
  }
}
