import { backoff } from './backoff.ts'
import { describeError, neverPasses } from './errors.ts'
import type { Task, TaskProgress, TaskStore } from './postgres/tasks.ts'
import { createWaker, type Pause, within } from './waker.ts'

/** What a task would do, before anybody has decided to. */
export interface Planned {
  /** Enough to do exactly this later, elsewhere: it is stored with the task. */
  readonly plan: unknown
  /** How many steps that is. */
  readonly total: number
  /** How many letters or records it concerns, and of how many orders. */
  readonly would: number
  /** Null where only reading would tell. */
  readonly orders: number | null
  /** The first few, to look at. */
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}

/** One step: how far the task is now, and what was done. Repeating it must do no harm, since a crash repeats it. */
export interface TaskStep {
  readonly position: unknown
  readonly done: number
  /** Asked for once more; whether it passes, is not known. */
  readonly trying?: number
  readonly failed: number
  /** When there is nothing to do but wait. */
  readonly restMs?: number
}

/** What was asked for: a kind of work, and of what. */
export type TaskRequest = Readonly<Record<string, unknown>> & { readonly kind: string }

/** A kind of long work. */
export interface TaskKind {
  plan(request: TaskRequest): Promise<Planned>
  /** Null when nothing is left. */
  step(task: Task): Promise<TaskStep | null>
  /** Lets go of what the steps held; the task is over, or goes on elsewhere. */
  close?(): Promise<void>
  /**
   * The task is over, however it ended: removes what its steps left elsewhere. Told once more than needed, or never where a process dies
   * just then: nothing may rely on it.
   */
  ended?(task: Task): Promise<void>
}

export interface TaskRunnerOptions {
  readonly store: TaskStore
  readonly kinds: Readonly<Record<string, TaskKind>>
  /** Unique to this process's life. */
  readonly owner: string
  readonly onError: (error: unknown, what: string) => void
  readonly pause: Pause
  readonly now?: () => number
  /** A killed process's task is taken over within this, plus a poll. */
  readonly leaseMs?: number
  readonly pollMs?: number
}

export interface TaskRunner {
  start(): void
  wake(): void
  /** Finishes the step under way and lets go: whoever looks next goes on from there. */
  stop(graceMs?: number): Promise<void>
}

/** Works on one task at a time, step by step, no faster than it may. */
export function createTaskRunner(options: TaskRunnerOptions): TaskRunner {
  const { store, owner, onError, pause, leaseMs = 10_000, pollMs = 1_000 } = options
  const waker = createWaker(pause)
  const ending = new AbortController()
  let loop: Promise<void> | undefined

  async function run() {
    while (!ending.signal.aborted) {
      const worked = await turn().catch((error) => onError(error, 'tasks could not be looked at'))
      if (!worked && !ending.signal.aborted) await waker.rest(pollMs)
    }
    await store.release(owner).catch((error) => onError(error, 'a task waits for its lease to end'))
  }

  async function turn(): Promise<boolean> {
    const task = await store.claim(owner, leaseMs)
    if (!task) return false
    await work({ ...options, leaseMs }, task, ending.signal).finally(() => options.kinds[task.kind]?.close?.())
    await tellEnd(options, task)
    return true
  }

  return {
    start() {
      loop ??= run()
    },
    wake: waker.wake,
    async stop(graceMs = 3_000) {
      ending.abort()
      waker.wake()
      await within(pause, graceMs, loop)
    },
  }
}

/** Also where somebody else has ended it. */
async function tellEnd({ store, kinds }: Pick<TaskRunnerOptions, 'store' | 'kinds'>, task: Task) {
  const { ended } = kinds[task.kind] ?? {}
  if (ended && OVER.includes((await store.find(task.id))?.status)) await ended(task)
}

const OVER: readonly (Task['status'] | undefined)[] = ['done', 'cancelled', 'failed']

/** Until the task is over, or no longer ours. */
async function work(options: TaskRunnerOptions & { leaseMs: number }, claimed: Task, signal: AbortSignal) {
  const { store, owner, pause, leaseMs, now = () => performance.now() } = options
  const begun = now()
  const before = stepsOf(claimed)
  let task = claimed
  while (!signal.aborted) {
    const step = await stepOf(options, task, signal)
    if (step === 'lost') return
    if (step === null) return store.finish(task.id, owner, 'done')
    task = { ...task, ...counted(task, step) }
    if (!(await store.save(task.id, owner, task, leaseMs))) return
    const due = begun + ((stepsOf(task) - before) * 1_000) / task.ratePerSecond
    // Never so long that the lease would end
    await rest(pause, Math.min(Math.max(step.restMs ?? 0, due - now()), leaseMs / 2), signal)
  }
}

const stepsOf = ({ done, trying, failed }: TaskProgress) => done + trying + failed

const counted = (task: Task, { position, done, trying = 0, failed }: TaskStep): TaskProgress => ({
  ...{ position, done: task.done + done, trying: task.trying + trying, failed: task.failed + failed },
})

/** Tried again while the environment fails, and the task says for what; anything else ends the task, and says why. */
async function stepOf(
  options: TaskRunnerOptions & { leaseMs: number },
  task: Task,
  signal: AbortSignal,
): Promise<TaskStep | null | 'lost'> {
  const { store, kinds, owner, onError, pause, leaseMs } = options
  let trouble: string | undefined
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      const kind = kinds[task.kind]
      if (!kind) throw new TypeError(`this version knows no task of kind ${task.kind}: start it again with one that does`)
      if (!(await store.keep(task.id, owner, leaseMs, trouble))) return 'lost'
      return await kind.step(task)
    } catch (error) {
      if (neverPasses(error)) return fail(options, task, error)
      trouble = describeError(error)
      onError(error, 'a task will be tried again')
      await rest(pause, backoff(attempt, { from: 100, to: 5_000 }), signal)
    }
  }
  return 'lost'
}

async function fail({ store, owner, onError }: TaskRunnerOptions, { id }: Task, error: unknown): Promise<'lost'> {
  const reason = describeError(error)
  await store.finish(id, owner, 'failed', reason)
  onError(new Error(reason, { cause: error }), 'a task failed') // what a task may not do does not end the process
  return 'lost'
}

async function rest(pause: Pause, ms: number, signal: AbortSignal) {
  if (ms > 0 && !signal.aborted) await pause(ms, signal).catch(() => undefined)
}
