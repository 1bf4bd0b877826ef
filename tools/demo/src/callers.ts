import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Resolves when the npx or pnpm that runs us is gone: it passes no SIGTERM on, and we would stay behind with all we started. */
export async function callerGone(everyMs = 1_000): Promise<void> {
  const callers = await packageManagers()
  return await new Promise((resolve) => {
    const look = () => {
      if (callers.every(isAlive)) return
      clearInterval(timer)
      resolve()
    }
    const timer = setInterval(look, everyMs).unref()
  })
}

interface Process {
  readonly parent: number
  readonly command: string
}

/** From us up to the outermost package manager; whoever called that may leave us running. */
async function packageManagers(): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,command=']).catch(() => ({ stdout: '' }))
  const lines = stdout.matchAll(/^ *(\d+) +(\d+) (.*)$/gm)
  const processes = new Map([...lines].map(([, pid, parent, command]) => [Number(pid), { parent: Number(parent), command: command! }]))
  return callersOf(process.pid, processes)
}

export function callersOf(pid: number, processes: ReadonlyMap<number, Process>): number[] {
  const line: number[] = []
  for (let next = processes.get(pid)?.parent; next !== undefined && next > 1; next = processes.get(next)?.parent) line.push(next)
  const outermost = line.findLastIndex((one) => /^(\S*\/)?(node \S*\/)?(npm|npx|pnpm)\b/.test(processes.get(one)?.command ?? ''))
  return line.slice(0, outermost + 1)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
