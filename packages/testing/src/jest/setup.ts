import { randomUUID } from 'node:crypto'
import { startInfra } from '../infra.ts'
import { running } from './running.ts'

/** Jest's globalSetup of every project that needs Kafka and PostgreSQL: the first starts them, the others share them. */
export default async function setup(): Promise<void> {
  running.infra ??= startInfra(undefined, (text) => process.stderr.write(`${text}\n`))
  const { kafka, postgresUrl } = await running.infra
  process.env.TEST_KAFKA_BROKERS = kafka.brokers.join()
  process.env.TEST_POSTGRES_URL = postgresUrl
  process.env.TEST_RUN_ID ??= randomUUID()
}
