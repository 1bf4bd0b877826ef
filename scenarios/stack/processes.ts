import { join, resolve } from 'node:path'
import { type RunningProcess, type ServiceName, startProcess, waitFor } from '@quadrille/testing'

export type ProcessName = ServiceName | 'psp' | 'mail'
export type Environment = Readonly<Record<string, string>>

const root = resolve(import.meta.dirname, '../..')
const folderOf = (name: ProcessName) => join(root, name === 'psp' || name === 'mail' ? 'apps' : 'services', name)

/** The processes of a stack: each can be killed and started again, with another environment if a test wants it so. */
export interface Processes {
  /** Resolves when it says that it is ready. */
  start(name: ProcessName, more?: Environment): Promise<void>
  stop(name: ProcessName): Promise<unknown>
  /** SIGKILL: no handler runs. */
  kill(name: ProcessName): Promise<unknown>
  stopAll(): Promise<void>
  /** What each of them last complained about. */
  complaints(): Readonly<Record<string, string>>
}

export function createProcesses(
  environments: Readonly<Record<ProcessName, Environment>>,
  urls: Readonly<Record<ProcessName, string>>,
  always: Partial<Record<ProcessName, Environment>> = {},
): Processes {
  const running = new Map<ProcessName, RunningProcess>()

  async function end(name: ProcessName, how: (process: RunningProcess) => unknown) {
    const process = running.get(name)
    running.delete(name)
    if (process) await how(process)
    await process?.exited
  }

  return {
    async start(name, more = {}) {
      const env = { LOG_LEVEL: 'warn', ...environments[name], ...always[name], ...more }
      const started = startProcess({ name, command: process.execPath, args: [join(folderOf(name), 'src/main.ts')], env })
      running.set(name, started)
      await ready(started, urls[name])
    },
    stop: (name) => end(name, (process) => process.stop()),
    kill: (name) => end(name, (process) => process.kill('SIGKILL')),
    async stopAll() {
      await Promise.all([...running.keys()].map((name) => end(name, (process) => process.stop())))
    },
    complaints: () => Object.fromEntries([...running].map(([name, process]) => [name, process.tail()])),
  }
}

async function ready(process: RunningProcess, url: string) {
  const answers = async () => process.exit() !== undefined || (await fetch(`${url}/readyz`)).ok
  await waitFor(answers, { deadline: 30_000, every: 50, what: `${process.name} to be ready`, diagnose: process.tail })
  if (process.exit()) throw new Error(`${process.name} ended while it started:\n${process.tail()}`)
}
