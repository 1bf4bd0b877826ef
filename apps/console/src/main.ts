import { createKafkaJs } from '@quadrille/messaging'
import { configOfProcess, createLog, stopInOrder } from '@quadrille/service-kit'
import { createConsole } from './app.ts'
import { consoleConfig } from './config.ts'
import { createLagReader } from './reader.ts'

const config = configOfProcess(consoleConfig)
const log = createLog({ service: 'console', level: config.LOG_LEVEL })
const kafka = createKafkaJs({ brokers: config.KAFKA_BROKERS, clientId: 'console', log })
const tell = (failure: string | undefined) => (failure ? log.warn({ failure }, 'lag is not known') : log.info('lag is known'))
const reader = createLagReader({ kafka, everyMs: config.LAG_POLL_MS, onChange: tell })
const app = createConsole(reader, log)

async function stop() {
  setTimeout(() => process.exit(1), 5_000).unref()
  const steps = [
    ['http', 2_000, () => app.close()],
    ['lag reader', 2_000, () => reader.stop()],
    ['kafka', 1_000, () => kafka.disconnect()],
  ] as const
  await stopInOrder(steps).catch((error: unknown) => log.error({ err: error }, 'stopped with a failure'))
  process.exit(0)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop())

await app.listen({ host: config.HOST, port: config.PORT }).catch((error: NodeJS.ErrnoException) => {
  log.fatal(
    error.code === 'EADDRINUSE' ? `port ${config.PORT} is taken: set PORT to another one` : `the console cannot start: ${error.message}`,
  )
  process.exit(1)
})
reader.start()
