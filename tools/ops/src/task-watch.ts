import type { Service } from './addresses.ts'
import type { Task } from './answers.ts'
import { Unreachable } from './client.ts'
import { type Answer, type Ops, rowName } from './command.ts'
import { EXIT, OpsError } from './exit.ts'
import { taskLine, taskName } from './progress.ts'
import { counted } from './words.ts'

export interface TaskName {
  readonly service: Service
  readonly id: string
}

const EVERY_MS = 250
/** A service that starts again goes on with its task; one that is away for longer is another matter. */
const PATIENCE_MS = 60_000

export const isOver = ({ status }: Task) => status === 'done' || status === 'cancelled' || status === 'failed'

/** Shows progress until all are over. They run in their services: whoever stops watching stops nothing. */
export async function watchTasks(
  names: readonly TaskName[],
  ops: Pick<Ops, 'ask' | 'progress' | 'pause' | 'signal' | 'now'>,
): Promise<Answer> {
  const { progress, pause, signal } = ops
  const looks = names.map((name) => createLook(name, ops))
  const orDetach = (error: unknown): never => {
    throw signal.aborted ? detached(names) : error
  }
  for (;;) {
    const tasks = await Promise.all(looks.map((look) => look())).catch(orDetach)
    const seen = tasks.map((task, at) => [names[at]!, task] as const)
    progress.show(seen.map(([name, task]) => lineOf(name, task)))
    if (tasks.every((task) => task !== undefined && isOver(task))) return ended(seen as (readonly [TaskName, Task])[])
    await pause(EVERY_MS).catch(orDetach)
    if (signal.aborted) orDetach(signal.reason)
  }
}

const lineOf = (name: TaskName, task: Task | undefined) =>
  task ? taskLine(name.service, task) : `${taskName(name.service, name.id)}  it does not answer; trying again`

/** Undefined while the service does not answer, for as long as a restart may take. */
function createLook(name: TaskName, { ask, now }: Pick<Ops, 'ask' | 'now'>) {
  let answeredAt = now()
  let last: Task | undefined
  return async (): Promise<Task | undefined> => {
    if (last && isOver(last)) return last
    try {
      last = await ask.get<Task>(name.service, `/admin/tasks/${name.id}`)
      answeredAt = now()
      return last
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      if (now() - answeredAt > PATIENCE_MS)
        throw new OpsError(EXIT.unreachable, `${error.message}; its task goes on when it is back: ops tasks watch ${rowName(name)}`)
      return undefined
    }
  }
}

function detached(names: readonly TaskName[]): OpsError {
  const all = names.map(rowName).join(' ')
  return new OpsError(
    EXIT.interrupted,
    `the work goes on without you; watch it: ops tasks watch ${all}   end it: ${names.map((name) => `ops tasks cancel ${rowName(name)}`).join('; ')}`,
  )
}

function ended(seen: readonly (readonly [TaskName, Task])[]): Answer {
  const well = seen.every(([, { status, failed }]) => status === 'done' && failed === 0)
  const json = seen.map(([{ service }, task]) => ({ service, ...task }))
  return { json, text: watchText(seen.map(([{ service }, task]) => [service, task])), exit: well ? EXIT.well : EXIT.notWell }
}

/** How each ended, and what is left to do. */
export const watchText = (tasks: readonly (readonly [Service, Task])[]) =>
  tasks.map(([service, task]) => sentence(service, task)).join('\n')

function sentence(service: Service, { id, kind, status, done, trying, failed, total, error }: Task): string {
  const name = taskName(service, id)
  const far = `${counted(done, 'step')} of ${total} went through`
  const tried = trying > 0 ? askedYet(service, trying) : ''
  if (status === 'failed') return `${name}: the ${kind} failed: ${error ?? 'no reason was given'}; ${far}${tried}`
  if (status !== 'done') return `${name}: the ${kind} is ${status}; ${far}${tried}`
  const again = failed > 0 ? `, ${failed} failed again: ops dlq ls --service ${service}` : ''
  return `${name}: the ${kind} is done: ${far}${again}${tried}`
}

/** Its effect is due again; what its provider answers, no task tells. */
const askedYet = (service: Service, trying: number) =>
  `\n  ${counted(trying, 'refused effect is', 'refused effects are')} only tried again now, and may be refused again: ops effects --service ${service} --status refused`
