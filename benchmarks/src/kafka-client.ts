import { createKafkaJs, type ReplayingKafka } from '@quadrille/messaging'

/** The drivers behind our port. */
export type KafkaClient = 'kafkajs' | 'platformatic'

/** Our port, by one of its drivers. */
export async function connectKafka(client: KafkaClient, brokers: readonly string[], clientId = 'bench'): Promise<ReplayingKafka> {
  const options = { brokers, clientId, log: { debug: () => {} } }
  if (client === 'kafkajs') return createKafkaJs(options)
  const { createPlatformatic } = await import('@quadrille/messaging/platformatic')
  return createPlatformatic(options)
}
