import { resolve } from 'node:path'
import { freePort, type RunningProcess, startProcess, waitFor } from '@quadrille/testing'

const main = resolve(import.meta.dirname, '../../apps/console/src/main.ts')

/** The console as a process, which can be stopped and started again. */
export async function createConsole(brokers: readonly string[]) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // Of the console only the lag is looked at, and it needs no database.
  const nowhere = 'postgres://nobody:nobody@127.0.0.1:1/nowhere'
  const env = { KAFKA_BROKERS: brokers.join(), DATABASE_URL: nowhere, PORT: String(port), LAG_POLL_MS: '500', LOG_LEVEL: 'error' }
  let running: RunningProcess | undefined
  return {
    url,
    async start() {
      const started = startProcess({ name: 'console', command: process.execPath, args: [main], env })
      running = started
      const fresh = async () => (await fetch(`${url}/metrics`)).ok
      await waitFor(fresh, { deadline: 30_000, every: 50, what: 'the console', diagnose: started.tail })
    },
    stop: async () => void (await running?.stop()),
  }
}
