import type { Addresses } from './addresses.ts'
import { Unreachable } from './client.ts'
import type { KafkaAdmin } from './command.ts'
import { EXIT } from './exit.ts'

/** Kafka's admin API; loaded only by who needs it, since it costs half of a command's time. */
export async function connectKafka(brokers: Addresses['brokers']): Promise<KafkaAdmin> {
  const { createKafkaJs } = await import('@quadrille/messaging')
  const kafka = createKafkaJs({ brokers, clientId: 'ops', log: quiet })
  const orSay = <T>(asked: Promise<T>): Promise<T> =>
    asked.catch((error: Error & { readonly type?: string }) => {
      if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION') throw error
      throw new Unreachable(
        EXIT.unreachable,
        `Kafka at ${brokers.join(',')} does not answer (${error.message}): start it, or set KAFKA_BROKERS`,
        { cause: error },
      )
    })
  return {
    topicOffsets: (topic) => orSay(kafka.topicOffsets(topic)),
    groupOffsets: (group, topics) => orSay(kafka.groupOffsets(group, topics)),
    groupMembers: (group) => orSay(kafka.groupMembers(group)),
    disconnect: () => kafka.disconnect(),
  }
}

const silent = () => {}
const quiet = { debug: silent }
