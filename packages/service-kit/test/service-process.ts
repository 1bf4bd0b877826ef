import { fileURLToPath } from 'node:url'
import { startProcess } from '@quadrille/testing'

/** A `main.ts` of these tests as a process of its own, on the Kafka of this run and any free port; what it says is kept. */
export function startServiceProcess(main: string, env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const lines: string[] = []
  const started = startProcess({
    name: main,
    command: process.execPath,
    args: [fileURLToPath(new URL(main, import.meta.url)), ...args],
    env: { KAFKA_BROKERS: process.env.TEST_KAFKA_BROKERS, PORT: '0', ...env },
    onLine: (line) => lines.push(line),
    ready: (line) => line.includes('"service started"'),
  })
  const logged = (): Record<string, unknown>[] => lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  return { ...started, lines, logged, url: () => String(logged().find(({ msg }) => msg === 'service started')?.url) }
}
