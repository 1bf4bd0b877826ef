import type { Task } from '../answers.ts'
import { chosen, command, ofService, rowOf } from '../command.ts'
import { EXIT } from '../exit.ts'
import { standstill, taskName } from '../progress.ts'
import { table } from '../table.ts'
import { isOver, watchTasks, watchText } from '../task-watch.ts'
import { ago } from '../words.ts'

export const tasksLs = command({
  name: 'tasks ls',
  summary: 'long work of operators: running, waiting and past',
  about: `One at a time in each service: a later one waits. One that cannot get on for what may pass is tried again
until it is cancelled, and says for what. Task 3 of payments is payments/3 to the other commands: ops tasks watch payments/3.`,
  options: ofService,
  examples: [['tasks ls', 'of all services, newest first']],
  async run({ values }, { ask, paint, now }) {
    const { found, missing } = await ask.everywhere<Task[]>('/admin/tasks', chosen(values.service))
    const tasks = found.flatMap(({ service, body }) => body.map((task) => ({ service, ...task })))
    tasks.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
    const rows = tasks.map((task) => [
      ...[taskName(task.service, task.id), task.kind, paint(isOver(task) ? 'dim' : 'yellow', task.status)],
      ...[
        `${task.done} of ${task.total}`,
        task.trying > 0 ? String(task.trying) : '–',
        task.failed > 0 ? paint('red', String(task.failed)) : '–',
        task.startedBy,
        ago(task.createdAt, now()),
      ],
      standstill(task) ?? task.error ?? task.reason ?? '',
    ])
    const columns = ['task', 'kind', 'status', 'done', 'tried again', 'failed', 'by', 'begun', 'why']
    return { json: tasks, missing, text: rows.length === 0 ? 'There was never a task.' : table(columns, rows, paint) }
  },
})

export const tasksWatch = command({
  name: 'tasks watch',
  summary: 'the progress of tasks, until they are over',
  about: 'Ctrl-C only stops watching. Exit code 1: a task failed, was cancelled, or could not help some orders.',
  words: { shown: '[SERVICE/ID…]', least: 0, most: 100 },
  options: ofService,
  examples: [
    ['tasks watch', 'all that are not over'],
    ['tasks watch payments/3', 'one of them'],
  ],
  async run({ words, values }, ops) {
    const named = words.map((word) => rowOf(word, values.service))
    const { found, missing } = await ops.ask.everywhere<Task[]>('/admin/tasks', named.length > 0 ? [] : chosen(values.service))
    const open = found.flatMap(({ service, body }) => body.filter((task) => !isOver(task)).map(({ id }) => ({ service, id })))
    const all = [...named, ...open]
    if (all.length === 0) return { json: [], missing, text: 'No task is under way.' }
    return { ...(await watchTasks(all, ops)), missing }
  },
})

export const tasksCancel = command({
  name: 'tasks cancel',
  summary: 'ends a task after the step under way; what is done stays done',
  words: { shown: 'SERVICE/ID', least: 1, most: 1 },
  options: { ...ofService, reason: { type: 'string', value: 'TEXT', help: 'why, for the audit' } },
  examples: [['tasks cancel payments/3 --reason "it was the wrong code"', 'stop a redrive']],
  async run({ words, values: { service: of, reason } }, { ask }) {
    const { service, id } = rowOf(words[0]!, of)
    const task = await ask.post<Task>(service, `/admin/tasks/${id}/cancel`, reason ? { reason } : undefined)
    return {
      json: { service, ...task },
      text: watchText([[service, task]]),
      exit: task.status === 'cancelled' ? EXIT.well : EXIT.notWell,
    }
  },
})
