import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A program to run beside us. */
export interface ProcessOptions {
  /** Used in diagnostics. */
  readonly name: string
  readonly command: string
  readonly args?: readonly string[]
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Each line of stdout and stderr. */
  readonly onLine?: (line: string) => void
  /** A file that also receives every line. */
  readonly log?: string
  /** The line that says the program is ready; without it `ready` resolves at once. */
  readonly ready?: (line: string) => boolean
  /** What asks this program to stop in order, also when we die without saying so. */
  readonly stopSignal?: NodeJS.Signals
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running child in a process group of its own, which does not outlive us. */
export interface RunningProcess {
  readonly name: string
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Resolves on the ready line, rejects with the last output if the process ends before it. */
  readonly ready: Promise<void>
  /** How it ended, while it runs undefined. */
  exit(): Exit | undefined
  /** The last lines it wrote, for diagnosis. */
  tail(): string
  /** Signals the whole process group; false if it is gone. */
  kill(signal?: NodeJS.Signals): boolean
  /** Asks it to stop, waits, and kills it after `patience` ms. */
  stop(patience?: number): Promise<Exit>
}

/**
 * What Node is told for each of our programs where nothing limits their memory: in a container of 256 MB V8 takes less by itself.
 * Its young generation may take 128 MB on a large machine; in half-spaces of 8 MB five services under load held about 980 MB instead of 1,400. Processor time differed by less than it
 * varies (10 %), and 4 MB saved no more.
 */
export const nodeFlags = ['--max-semi-space-size=8'] as const

const TAIL_LINES = 40

/** Starts a program. It and its children end with us: in order when we stop them, and also if we are killed. */
export function startProcess(options: ProcessOptions): RunningProcess {
  const { name, command, args = [], cwd, stopSignal = 'SIGTERM' } = options
  const child = spawn(command, args, { cwd, env: { ...process.env, ...options.env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  const started = Promise.withResolvers<void>()
  const exited = watchExit(child, lines)
  let exit: Exit | undefined
  started.promise.catch(() => {}) // whoever does not ask for readiness need not handle its failure
  exited.then((how) => {
    exit = how
    started.reject(new Error(`${name} ended (${how.signal ?? how.code}) before it was ready:\n${lines.join('\n')}`))
  }, started.reject)
  if (!options.ready) started.resolve()
  readLines(child, options, (line) => {
    if (lines.push(line) > TAIL_LINES) lines.shift()
    if (options.ready?.(line)) started.resolve()
  })
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => exit === undefined && killGroup(child.pid, signal)
  if (child.pid !== undefined) endWithUs(child.pid, stopSignal, exited)

  return {
    name,
    pid: child.pid ?? -1,
    exited,
    ready: started.promise,
    exit: () => exit,
    tail: () => lines.join('\n'),
    kill,
    async stop(patience = 10_000) {
      kill('SIGCONT') // a suspended process would not hear the next signal
      kill(stopSignal)
      const timer = setTimeout(kill, patience)
      return await exited.finally(() => clearTimeout(timer))
    },
  }
}

function watchExit(child: ChildProcess, lines: string[]): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      lines.push(String(error))
      if (child.pid === undefined) resolve({ code: 127, signal: null }) // it never started
    })
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

function readLines(child: ChildProcess, { onLine, log }: ProcessOptions, keep: (line: string) => void) {
  const file = log === undefined ? undefined : createWriteStream(log, { flags: 'a' })
  const read = (line: string) => {
    keep(line)
    onLine?.(line)
    file?.write(`${line}\n`)
  }
  for (const stream of [child.stdout, child.stderr] as Readable[]) createInterface({ input: stream }).on('line', read)
  child.once('close', () => file?.end())
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

// No handler runs when we are SIGKILLed, so a tiny shell holds the other end of a pipe: when the pipe closes without a word,
// we are dead, and it stops the group, first in order and after 10 s by force.
const UNDERTAKER = `read said && exit; kill -s CONT -- -$1; kill -s $2 -- -$1
for i in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 -- -$1 || exit; sleep 1; done; kill -s KILL -- -$1`

function endWithUs(pid: number, stopSignal: NodeJS.Signals, exited: Promise<Exit>): void {
  const args = ['-c', UNDERTAKER, 'undertaker', String(pid), stopSignal.slice(3)]
  const undertaker = spawn('/bin/sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  undertaker.on('error', () => {})
  undertaker.stdin.on('error', () => {})
  undertaker.unref()
  exited.finally(() => undertaker.stdin.end('ended\n')).catch(() => {})
}
