import type { Task } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { badge } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { ChangeDialog } from '../change/dialog.ts'
import { option } from '../change/twins.ts'
import { isOver, progressText, shareOf, taskTitle } from './task-progress.ts'

const tones: Readonly<Record<string, 'good' | 'bad' | 'info'>> = { done: 'good', failed: 'bad', running: 'info' }

/** How far a task is. */
export const progressBar = (service: string, task: Task): VNode =>
  html`<div class="task">
    <div class="task-head"><b>${taskTitle(task)}</b> <span class="soft">task ${task.id} of ${service}</span> ${badge(task.status, task.failed > 0 && isOver(task) ? 'bad' : tones[task.status])}</div>
    <div class="progress"><progress max="1" value=${shareOf(task)} aria-label=${`Progress of ${taskTitle(task)}`}></progress><span role="status">${progressText(task)}</span></div>
  </div>`

export function CancelTask({ service, task }: { readonly service: string; readonly task: Task }): VNode {
  const [open, setOpen] = useState(false)
  return html`${button({ label: 'Cancel the task…', small: true, onClick: () => setOpen(true) })}
    ${
      open &&
      part(ChangeDialog<Task>, {
        title: `Cancel task ${task.id} of ${service}`,
        about: 'It ends after the step under way. What is done stays done; the others stay open, as they are.',
        ...{ label: 'Cancel the task', reason: 'optional', onClose: () => setOpen(false) },
        change: (reason) => ({ service, path: `admin/tasks/${task.id}/cancel`, ...(reason && { body: { reason } }) }),
        ops: (reason) => `npx -y pnpm@12 ops tasks cancel ${service}/${task.id}${option('reason', reason)}`,
        done: ({ status }) => `Task ${task.id} of ${service} is ${status}`,
      })
    }`
}
