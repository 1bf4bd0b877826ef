import { randomBytes } from 'node:crypto'
import { createServiceDatabase, serviceNames } from '@quadrille/testing'
import { createConsoleProcess } from '../stack/console.ts'
import { OPS_TOKEN, type Stack } from '../stack/stack.ts'

/** The console beside a running stack, with a database of its own, as the demo starts it. */
export async function createConsole({ targets, urls }: Pick<Stack, 'targets' | 'urls'>, postgresUrl: string) {
  const database = await createServiceDatabase(postgresUrl, `console_${randomBytes(4).toString('hex')}`)
  return createConsoleProcess({
    ...{ DATABASE_URL: database, KAFKA_BROKERS: targets.brokers.join(), LAG_POLL_MS: '1000' },
    ...{ OPS_TOKEN, CONSOLE_HANDS_OVER_TOKEN: 'true', MAIL_LINK: urls.mail, LOG_LEVEL: 'warn' },
    ...{ BREAK_IT: 'true', PSP_URL: urls.psp, MAIL_URL: urls.mail },
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, urls[name]])),
  })
}
