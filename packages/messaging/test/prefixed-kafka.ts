import type { Delivery, OutgoingRecord, ReplayingKafka, TopicPartition } from '../src/kafka.ts'

/** The same Kafka with topics of the test's own behind the usual names, since every test of a run shares one broker. */
export function prefixedKafka(kafka: ReplayingKafka, prefix: string): ReplayingKafka {
  const there = (topic: string) => `${prefix}.${topic}`
  const here = (topic: string) => topic.slice(prefix.length + 1)
  const at = <T extends TopicPartition>(one: T): T => ({ ...one, topic: there(one.topic) })
  const back = <T extends TopicPartition>(one: T): T => ({ ...one, topic: here(one.topic) })
  const delivered = (delivery: Delivery): Delivery => ({ ...delivery, ...back(delivery), messages: delivery.messages.map(back) })
  return {
    ...kafka,
    async connectProducer() {
      const producer = await kafka.connectProducer()
      return { ...producer, send: (records: readonly OutgoingRecord[]) => producer.send(records.map(at)) }
    },
    async consume({ topics, from, deliver, onAssigned, ...options }) {
      const consumption = await kafka.consume({
        ...options,
        topics: topics.map(there),
        from: from?.map(at),
        deliver: (delivery) => deliver(delivered(delivery)),
        onAssigned: (partitions) => onAssigned(partitions.map(back)),
      })
      return Object.assign(Object.create(consumption), {
        commit: (offsets: TopicPartition[]) => consumption.commit(offsets.map(at) as never),
      })
    },
    createTopics: (topics) => kafka.createTopics(topics.map((topic) => ({ ...topic, name: there(topic.name) }))),
    groupOffsets: async (group, topics) => (await kafka.groupOffsets(group, topics.map(there))).map(back),
    topicOffsets: (topic) => kafka.topicOffsets(there(topic)),
    offsetsAt: async (topic, time) => (await kafka.offsetsAt(there(topic), time)).map(back),
  }
}
