import { createMail } from './app.ts'
import { type MailConfig, readConfig } from './config.ts'

function explain(error: NodeJS.ErrnoException & { port?: number }, { smtpPort }: MailConfig): string {
  if (error.code !== 'EADDRINUSE') return `the mail sink cannot start: ${error.message}`
  return `port ${error.port} is taken: set ${error.port === smtpPort ? 'MAIL_SMTP_PORT' : 'MAIL_PORT'} to another one`
}

const config = readConfig(process.env)
const sink = await createMail(config)
const { log } = sink.web

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  // Whatever was acknowledged is on disk, so a stop that hangs can be cut short.
  process.once(signal, () => {
    setTimeout(() => process.exit(0), 1500).unref()
    sink.close().catch((error: unknown) => log.error({ err: error }, 'stopped with a failure'))
  })
}

await sink.listen().then(
  (ports) => log.info(ports, 'mail sink is listening'),
  async (error: NodeJS.ErrnoException) => {
    log.fatal(explain(error, config))
    process.exitCode = 1
    await sink.close()
  },
)
