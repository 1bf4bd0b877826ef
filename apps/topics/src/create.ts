import { setTimeout as pause } from 'node:timers/promises'
import { topics } from '@quadrille/contracts'
import type { Kafka } from '@quadrille/messaging'

type Broker = Pick<Kafka, 'createTopics' | 'topicOffsets'>

/**
 * Creates the topics that are missing, and resolves when every partition of each has a leader. A new broker needs seconds to lead
 * 120 new partitions, and a consumer that asks before joins its group again and again (measured: 70 times in 7 s, with as many redeliveries).
 */
export async function createAllTopics(broker: Broker, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs
  for (;;) {
    try {
      await broker.createTopics(topics)
      // One after the other: after a failure its connection is closed, and questions still under way would open it again.
      for (const { name } of topics) await broker.topicOffsets(name)
      return
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await pause(200)
  }
}
