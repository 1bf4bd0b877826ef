import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { createServiceDatabase, freePort, type RunningProcess, serviceNames, startProcess, waitFor } from '@quadrille/testing'
import { OPS_TOKEN, type Stack } from '../stack/stack.ts'

const main = resolve(import.meta.dirname, '../../apps/console/src/main.ts')

/** The console beside a running stack, with a database of its own, as the demo starts it. */
export async function createConsole({ targets, urls }: Pick<Stack, 'targets' | 'urls'>, postgresUrl: string) {
  const [port, database] = [await freePort(), await createServiceDatabase(postgresUrl, `console_${randomBytes(4).toString('hex')}`)]
  const url = `http://127.0.0.1:${port}`
  const env = {
    ...{ PORT: String(port), HOST: '127.0.0.1', DATABASE_URL: database, KAFKA_BROKERS: targets.brokers.join(), LAG_POLL_MS: '1000' },
    ...{ OPS_TOKEN, CONSOLE_HANDS_OVER_TOKEN: 'true', MAIL_LINK: urls.mail, LOG_LEVEL: 'warn' },
    ...{ BREAK_IT: 'true', PSP_URL: urls.psp, MAIL_URL: urls.mail },
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_URL`, urls[name]])),
  }
  let running: RunningProcess | undefined
  return {
    url,
    async start() {
      const started = startProcess({ name: 'console', command: process.execPath, args: [main], env })
      running = started
      const ready = async () => (await fetch(`${url}/readyz`)).ok
      await waitFor(ready, { deadline: 30_000, every: 50, what: 'the console', diagnose: started.tail })
    },
    stop: async () => void (await running?.stop()),
    tail: () => running?.tail(),
  }
}
