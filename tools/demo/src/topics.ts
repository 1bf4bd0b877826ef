import { createKafkaJs } from '@quadrille/messaging'
import { createAllTopics } from '@quadrille/topics'
import { brokersOf, type Site } from './parts.ts'

export async function createTopics(site: Site): Promise<void> {
  const kafka = createKafkaJs({ brokers: brokersOf(site), clientId: 'demo', log: quiet })
  await createAllTopics(kafka, 60_000).finally(() => kafka.disconnect())
}

const silent = () => {}
const quiet = { debug: silent, info: silent, warn: silent, error: silent }
