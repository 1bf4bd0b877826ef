import { join, resolve } from 'node:path'
import { type Exit, freePort, nodeFlags, type RunningProcess, type ServiceName, startProcess, untilReady } from '@quadrille/testing'

export type ProcessName = ServiceName | 'psp' | 'mail'
/** One of them, or a further instance of a service, on a port of its own. */
export type InstanceName = ProcessName | `${ServiceName}-${number}`
export type Environment = Readonly<Record<string, string>>
export type Environments = Readonly<Record<ProcessName, Environment>>

const root = resolve(import.meta.dirname, '../..')
const nameOf = (instance: InstanceName) => instance.replace(/-\d+$/, '') as ProcessName
const folderOf = (name: ProcessName) => join(root, name === 'psp' || name === 'mail' ? 'apps' : 'services', name)

/** The processes of a stack: each can be killed and started again, with another environment if a test wants it so. */
export interface Processes {
  /** Resolves when it says that it is ready. */
  start(name: InstanceName, more?: Environment): Promise<void>
  /** The same, without waiting for that: it may be meant to die before. */
  launch(name: InstanceName, more?: Environment): Promise<RunningProcess>
  stop(name: InstanceName): Promise<unknown>
  /** SIGKILL: no handler runs. */
  kill(name: InstanceName): Promise<unknown>
  signal(name: InstanceName, signal: NodeJS.Signals): void
  /** Resolves when it has ended by itself, as it is meant to. */
  ended(name: InstanceName): Promise<Exit>
  pidOf(name: InstanceName): number | undefined
  /** Those that ended though nobody stopped or killed them, with their last words. */
  gone(): ReadonlyMap<InstanceName, string>
  stopAll(): Promise<void>
  /** What each of them last complained about. */
  complaints(): Readonly<Record<string, string>>
}

export function createProcesses(
  environments: Environments,
  urls: Readonly<Record<ProcessName, string>>,
  always: Partial<Record<ProcessName, Environment>> = {},
  onLine?: (line: string) => void,
): Processes {
  const running = new Map<InstanceName, RunningProcess>()

  async function end(name: InstanceName, how: (process: RunningProcess) => unknown) {
    const process = running.get(name)
    running.delete(name)
    if (process) await how(process)
    await process?.exited
  }

  async function run(instance: InstanceName, more: Environment = {}) {
    const name = nameOf(instance)
    const own = instance === name ? undefined : String(await freePort())
    const env = { LOG_LEVEL: 'warn', ...environments[name], ...always[name], ...more, ...(own && { PORT: own }) }
    const args = [...nodeFlags, join(folderOf(name), 'src/main.ts')]
    const started = startProcess({ name: instance, command: process.execPath, args, env, onLine })
    running.set(instance, started)
    return { started, url: own ? `http://127.0.0.1:${own}` : urls[name] }
  }

  return {
    async start(instance, more) {
      const { started, url } = await run(instance, more)
      await untilReady(started, url)
    },
    launch: async (instance, more) => (await run(instance, more)).started,
    stop: (name) => end(name, (process) => process.stop()),
    kill: (name) => end(name, (process) => process.kill('SIGKILL')),
    signal: (name, signal) => void running.get(name)?.kill(signal),
    async ended(name) {
      const process = running.get(name)!
      running.delete(name) // so that nobody takes it for one that should be there
      return process.exited
    },
    pidOf: (name) => running.get(name)?.pid,
    gone: () => new Map([...running].filter(([, process]) => process.exit()).map(([name, process]) => [name, process.tail()])),
    async stopAll() {
      await Promise.all([...running.keys()].map((name) => end(name, (process) => process.stop())))
    },
    complaints: () => Object.fromEntries([...running].map(([name, process]) => [name, process.tail()])),
  }
}
