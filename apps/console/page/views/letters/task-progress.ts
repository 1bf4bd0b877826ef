import type { Task } from '../../../src/api-types.ts'

export const isOver = ({ status }: Pick<Task, 'status'>) => status === 'done' || status === 'cancelled' || status === 'failed'

const overOf = ({ done, trying, failed }: Task) => done + (trying ?? 0) + failed

/** From 0 to 1. */
export const shareOf = (task: Task) => (task.total === 0 ? 1 : overOf(task) / task.total)

/** How far it is, and why it goes no further: `12 of 40 · 1 failed again · about 3 s left`. */
export function progressText(task: Task): string {
  const far = [`${overOf(task)} of ${task.total}`]
  if (task.trying > 0) far.push(`${task.trying} tried again`)
  if (task.failed > 0) far.push(`${task.failed} failed again`)
  return [...far, stateOf(task)].join(' · ')
}

function stateOf(task: Task): string {
  const { status, waitsFor, retriedSince, error, total, ratePerSecond } = task
  if (waitsFor) return `waits for task ${waitsFor}`
  if (retriedSince) return `tried again since ${retriedSince.slice(11, 19)} UTC: ${error}`
  if (status === 'running') return `about ${Math.ceil((total - overOf(task)) / ratePerSecond)} s left`
  if (status === 'interrupted') return 'interrupted: its process ended, and it goes on when the service is back'
  return status === 'failed' ? `failed: ${error ?? 'no reason was given'}` : status
}

/** What it is about: `redrive of HANDLER`. */
export function taskTitle({ kind, request }: Pick<Task, 'kind' | 'request'>): string {
  const select = (request.select ?? {}) as { readonly code?: string; readonly orderId?: string; readonly all?: boolean }
  const of = select.code ?? (select.orderId ? `order ${select.orderId}` : select.all ? 'all letters' : '')
  return of ? `${kind} of ${of}` : kind
}

/** What is left to know after it has ended. */
export function afterwards(task: Task): string | null {
  if (task.kind !== 'redrive' || !isOver(task)) return null
  if (task.trying > 0) return 'Refused effects are only tried again; whether they passed shows under Outbox, effects.'
  return task.failed > 0 ? 'Those that failed again are still open below.' : null
}
