import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { nodeFlags } from '@quadrille/testing'

/** A side in a process of its own, so that its processor time can be told apart. */
export interface Worker {
  readonly pid: number
  /** Has it do something, and gives what came of it. */
  call<T>(task: string, input?: unknown): Promise<T>
  stop(): Promise<void>
}

interface Question {
  readonly id: number
  readonly task: string
  readonly input: unknown
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

const root = resolve(import.meta.dirname, '..')

/** Starts a file of the bench, named from its own folder, that calls `serve`; it ends with us. */
export async function startWorker(file: string, env: Readonly<Record<string, string>> = {}): Promise<Worker> {
  const child = fork(resolve(root, file), {
    env: { ...process.env, ...env },
    execArgv: ['--disable-warning=ExperimentalWarning', ...nodeFlags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const asked = new Map<number, PromiseWithResolvers<unknown>>()
  child.on('message', ({ id, result, error }: Answer) => {
    if (error === undefined) asked.get(id)?.resolve(result)
    else asked.get(id)?.reject(new Error(error))
    asked.delete(id)
  })
  child.once('exit', (code, signal) => {
    for (const { reject } of asked.values()) reject(new Error(`${file} ended with ${signal ?? code}`))
    asked.clear()
  })
  await once(child, 'spawn')
  let next = 0
  return {
    pid: child.pid!,
    call<T>(task: string, input?: unknown) {
      const answer = Promise.withResolvers<unknown>()
      const id = next++
      asked.set(id, answer)
      child.send({ id, task, input } satisfies Question, (error) => error && answer.reject(error))
      return answer.promise as Promise<T>
    },
    stop: () => stopped(child),
  }
}

async function stopped(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(timer)
}

// biome-ignore lint/suspicious/noExplicitAny: a task and its caller agree on the input
type Tasks = Readonly<Record<string, (input: any) => unknown>>

/** In the worker: answers whoever started it, until they are gone. */
export function serve(tasks: Tasks): void {
  process.on('disconnect', () => process.exit())
  process.on('SIGINT', () => {}) // Ctrl-C reaches the whole group; whoever started us decides
  process.on('message', async ({ id, task, input }: Question) => {
    const answer = await answered(tasks, task, input).then(
      (result) => ({ id, result }),
      (error: unknown) => ({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
    process.send!(answer satisfies Answer)
  })
}

const answered = async (tasks: Tasks, task: string, input: unknown) => await tasks[task]!(input)
