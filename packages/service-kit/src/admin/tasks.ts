import type { Operators, Task } from '@quadrille/messaging'
import { z } from 'zod'
import { type Guard, operatorOf } from '../guard.ts'
import type { App } from '../http.ts'
import { notFound } from '../problem.ts'
import { DRY_RUNS, MaybeWhy, operation, plain, possible, RowId, WouldView } from './operation.ts'
import { TaskRequest } from './task-request.ts'

const TaskView = z
  .object({
    id: z.string(),
    kind: z.string(),
    request: z.record(z.string(), z.unknown()),
    status: z.enum(['waiting', 'running', 'interrupted', 'done', 'cancelled', 'failed']).meta({
      description: '`waiting` for the task before it; `interrupted`: its process ended, and another instance, or the next start, goes on',
    }),
    total: z.int().meta({ description: 'Steps' }),
    done: z.int(),
    trying: z
      .int()
      .meta({ description: 'Steps that were only tried again, such as a refused effect: whether they passed, its outcome tells' }),
    failed: z.int().meta({ description: 'Steps that did not help; the others went on' }),
    ratePerSecond: z.int(),
    startedBy: z.string(),
    reason: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    error: z.string().nullable().meta({ description: 'Why it failed; while it runs, what its step is tried again for' }),
    retriedSince: z.string().nullable().meta({ description: 'Its step fails since then, for what may pass' }),
    waitsFor: z.string().nullable().meta({ description: 'The task that must end before this one begins' }),
  })
  .meta({ id: 'Task' })

const params = z.strictObject({ id: RowId })
const MOST_TASKS = 100

/** `/admin/tasks`: long work, one at a time, which goes on where it stopped, in whatever process. */
export function serveTasks(app: App, { tasks }: Pick<Operators, 'tasks'>, ops: Guard): void {
  const create = operation('Begin long work, or see what it would touch', {
    body: TaskRequest,
    response: { 200: WouldView, 202: TaskView },
  })
  app.post('/admin/tasks', { onRequest: ops, schema: create, config: DRY_RUNS }, async (request, reply) => {
    const { dryRun, ratePerSecond, ...asked } = request.body
    const planned = await possible(tasks.plan(asked))
    if (dryRun) return plain({ would: planned.would, orders: planned.orders, sample: planned.sample })
    const { reason = null, ...what } = asked
    const task = await tasks.start(planned, { request: what, reason, ratePerSecond, startedBy: operatorOf(request) })
    return reply.code(202).header('location', `/admin/tasks/${task.id}`).send(viewOf(task))
  })

  const list = operation('Tasks, newest first', { response: { 200: z.array(TaskView) } })
  app.get('/admin/tasks', { onRequest: ops, schema: list }, async () => (await tasks.list(MOST_TASKS)).map(viewOf))

  const show = operation('A task and how far it is', { params, response: { 200: TaskView } })
  app.get('/admin/tasks/:id', { onRequest: ops, schema: show }, async ({ params: { id } }) => found(id, await tasks.find(id)))

  const ended = { params, body: MaybeWhy, response: { 200: TaskView } }
  const cancel = operation('End a task after the step under way; what is done stays done', ended)
  app.post('/admin/tasks/:id/cancel', { onRequest: ops, schema: cancel }, async ({ params: { id } }) => found(id, await tasks.cancel(id)))
}

function viewOf(task: Task) {
  const { plan: _plan, position: _position, ...shown } = task
  return plain(shown)
}

function found(id: string, task: Task | undefined) {
  if (!task) throw notFound(`no task ${id}: GET /admin/tasks lists them`)
  return viewOf(task)
}
