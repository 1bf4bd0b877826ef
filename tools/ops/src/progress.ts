import type { Task } from './answers.ts'
import { clock, duration, number } from './words.ts'

const WIDTH = 24

/** Letters have names such as `payments/3`, so that a task needs another one. */
export const taskName = (service: string, id: string) => `task ${id} of ${service}`

/** Why a task does not get on, if it does not. */
export function standstill({ waitsFor, retriedSince, error }: Task): string | undefined {
  if (waitsFor) return `waits for task ${waitsFor}`
  return retriedSince ? `tried again since ${clock(retriedSince).slice(11)} UTC: ${error}` : undefined
}

/** `task 3 of payments  redrive  ██████──────  12 of 40  1 failed again  3 s left` */
export function taskLine(service: string, task: Task): string {
  const { id, kind, total, done, trying, failed, status, ratePerSecond } = task
  const over = done + trying + failed
  // How much there is may have been estimated
  const share = total === 0 ? 1 : Math.min(1, over / total)
  const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '─')
  const left =
    status === 'running' && !task.retriedSince
      ? `${duration(Math.max(0, total - over) / ratePerSecond)} left`
      : (standstill(task) ?? status)
  const open = trying > 0 ? `  ${number(trying)} tried again` : ''
  const wrong = failed > 0 ? `  ${number(failed)} failed again` : ''
  return `${taskName(service, id)}  ${kind}  ${bar}  ${number(over)} of ${number(total)}${open}${wrong}  ${left}`
}

export interface Progress {
  show(lines: readonly string[]): void
}

export type Out = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

/** Lines redrawn in place on a terminal; elsewhere each is written when it has changed, so that a log stays short. */
export function createProgress(out: Out): Progress {
  let shown: readonly string[] = []
  return {
    show(lines) {
      const fresh = out.isTTY ? lines : lines.filter((line) => !shown.includes(line))
      const back = out.isTTY && shown.length > 0 ? `\x1b[${shown.length}A\r\x1b[J` : ''
      const most = out.isTTY ? (out.columns || 80) - 1 : Number.POSITIVE_INFINITY
      out.write(back + fresh.map((line) => `${line.length > most ? `${line.slice(0, most - 1)}…` : line}\n`).join(''))
      shown = lines
    },
  }
}
