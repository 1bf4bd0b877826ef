import { resolve } from 'node:path'
import { freePort, nodeFlags, type RunningProcess, startProcess, waitFor } from '@quadrille/testing'

const main = resolve(import.meta.dirname, '../../apps/console/src/main.ts')

/** The console as a process, which can be stopped and started again; only its lag is looked at, and that needs no database. */
export const createConsole = (brokers: readonly string[]) =>
  createConsoleProcess({
    ...{ KAFKA_BROKERS: brokers.join(), DATABASE_URL: 'postgres://nobody:nobody@127.0.0.1:1/nowhere' },
    ...{ LAG_POLL_MS: '500', LOG_LEVEL: 'error' },
  })

export async function createConsoleProcess(settings: Readonly<Record<string, string>>) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = { ...settings, PORT: String(port), HOST: '127.0.0.1' }
  let running: RunningProcess | undefined
  return {
    url,
    async start() {
      const started = startProcess({ name: 'console', command: process.execPath, args: [...nodeFlags, main], env })
      running = started
      const ready = async () => (await fetch(`${url}/readyz`)).ok
      await waitFor(ready, { deadline: 30_000, every: 50, what: 'the console', diagnose: started.tail })
    },
    stop: async () => void (await running?.stop()),
    tail: () => running?.tail(),
  }
}
