import { topics } from '@quadrille/contracts'
import { createKafkaJs } from '@quadrille/messaging'
import { commonConfig, configOfProcess, createLog } from '@quadrille/service-kit'
import { z } from 'zod'
import { createAllTopics } from './create.ts'

const DEADLINE_MS = 120_000

const { KAFKA_BROKERS, LOG_LEVEL } = commonConfig({ service: 'topics', port: 0 })
const config = configOfProcess(z.object({ KAFKA_BROKERS, LOG_LEVEL }))
const log = createLog({ service: 'topics', level: config.LOG_LEVEL })
const kafka = createKafkaJs({ brokers: config.KAFKA_BROKERS, clientId: 'topics', log })
let code = 0
try {
  await createAllTopics(kafka, DEADLINE_MS)
  log.info({ topics: topics.map(({ name }) => name) }, 'every topic is there')
} catch (error) {
  log.fatal({ err: error }, 'the topics cannot be made')
  code = 1
} finally {
  await kafka.disconnect()
}
process.exit(code) // who waits for it to end need not know what a client still holds
