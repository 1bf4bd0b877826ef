import type { Task } from '../../../src/api-types.ts'
import { type Child, html, part } from '../../html.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { everywhere } from '../everywhere.ts'
import { CancelTask, progressBar } from './task-bar.ts'
import { isOver } from './task-progress.ts'

const EVERY_MS = 2_000
/** So long somebody may look for what became of it. */
const LATELY_MS = 60_000

/** Long work of operators that is not over, or was until just now. */
export function TasksUnderWay(): Child {
  const { data } = useLoad(
    'tasks',
    (signal) => everywhere((service) => askService<readonly Task[]>(service, '/admin/tasks', { signal })),
    EVERY_MS,
  )
  const all = (data?.found ?? []).flatMap(({ service, body }) => body.map((task) => ({ service, task })))
  const shown = all.filter(({ task }) => !isOver(task) || Date.now() - Date.parse(task.updatedAt) < LATELY_MS)
  if (shown.length === 0) return null
  return html`<section class="card tasks" aria-label="Long work">
    <header><h2>Long work</h2></header>
    ${shown.map(
      ({ service, task }) =>
        html`<div class="row" key=${`${service}/${task.id}`}>${progressBar(service, task)}${!isOver(task) && part(CancelTask, { service, task })}</div>`,
    )}
  </section>`
}
