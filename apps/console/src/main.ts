import { createKafkaJs, pause } from '@quadrille/messaging'
import { readAddresses } from '@quadrille/ops'
import { configOfProcess, createLog, stopInOrder } from '@quadrille/service-kit'
import { urlsOf } from './api/serve.ts'
import { createConsole } from './app.ts'
import { openBreak } from './break/open.ts'
import { consoleConfig } from './config.ts'
import { linksOf } from './links.ts'
import { createReadModel } from './model/read-model.ts'
import { createOwners } from './owners.ts'
import { createHeld } from './pulse/held.ts'
import { createHistory } from './pulse/history.ts'
import { createRates } from './pulse/rates.ts'
import { createWatch } from './pulse/watch.ts'
import { createLagReader } from './reader.ts'

const config = configOfProcess(consoleConfig)
const log = createLog({ service: 'console', level: config.LOG_LEVEL })
const kafka = createKafkaJs({ brokers: config.KAFKA_BROKERS, clientId: 'console', log })
const owners = createOwners(config.KAFKA_BROKERS, 'console')
const [rates, history] = [createRates(), createHistory()]
const reader = createLagReader({
  ...{ kafka, owners: owners.of },
  everyMs: config.LAG_POLL_MS,
  onChange: (failure) => (failure ? log.warn({ failure }, 'lag is not known') : log.info('lag is known')),
  onReading(lag) {
    rates.note(lag)
    history.note(lag)
  },
})
if (!config.OPS_TOKEN)
  log.warn('OPS_TOKEN is not set: set it as the services have it, or operators are not known here, and payloads stay hidden')
const addresses = readAddresses(process.env)
const { OPS_TOKEN: token, DATABASE_URL: url, CONSOLE_HANDS_OVER_TOKEN: handsOverToken } = config
const model = createReadModel({ url, kafka, log, onFatal: () => void stop(1) })
const held = createHeld({ lag: reader.view, trx: model })
const watch = createWatch({ addresses: urlsOf(addresses), token: token ?? config.OPS_READ_TOKEN, everyMs: 2_000, pause, held })
const links = linksOf(config)
const tokens = { change: token, look: config.OPS_READ_TOKEN }
const { PSP_URL: pspUrl, MAIL_URL: mailUrl, DEMO_CONTROL_URL: demoUrl } = config
const breaker =
  config.BREAK_IT && token ? openBreak({ trx: model, addresses, token, kafka, pspUrl, mailUrl, demoUrl, pause, log }) : undefined
if (config.BREAK_IT && !breaker) log.warn('BREAK_IT is off: it needs OPS_TOKEN')
const shown = { model, watch, rates, history, addresses, tokens, handsOverToken, links, breaker }
const app = createConsole(reader, log, shown, config.CONSOLE_HOSTS)

async function stop(code = 0) {
  setTimeout(() => process.exit(1), 9_500).unref()
  const steps = [
    ['what is broken on purpose', 3_500, () => breaker?.stop()],
    ['http', 2_000, () => app.close()],
    ['read model', 5_000, () => model.stop()],
    ['watch', 1_000, () => watch.stop()],
    ['lag reader', 1_000, () => reader.stop()],
    ['kafka', 500, () => Promise.all([kafka.disconnect(), owners.disconnect()])],
  ] as const
  await stopInOrder(steps).catch((error: unknown) => log.error({ err: error }, 'stopped with a failure'))
  process.exit(code)
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop())

await app.listen({ host: config.HOST, port: config.PORT }).catch((error: NodeJS.ErrnoException) => {
  log.fatal(
    error.code === 'EADDRINUSE' ? `port ${config.PORT} is taken: set PORT to another one` : `the console cannot start: ${error.message}`,
  )
  process.exit(1)
})
log.info(`the console: ${config.CONSOLE_LINK ?? `http://localhost:${config.PORT}`}`)
reader.start()
watch.start()
model.start()
breaker?.start()
