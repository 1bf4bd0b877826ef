import { codeOf } from './errors.ts'
import { claimedType } from './letter.ts'
import type { DeadLetter, DeadLetters, Selection } from './postgres/dead-letters.ts'
import type { Task } from './postgres/tasks.ts'
import type { Redriver } from './redrive.ts'
import type { TaskKind, TaskRequest, TaskStep } from './tasks.ts'

type Letters = Pick<DeadLetters, 'targets' | 'find'>

/** Redrives order by order. One that fails again counts as failed, and the others go on; of a refused effect, the attempt is only asked for. */
export const redriveTask = (letters: Letters, { redrive }: Redriver): TaskKind => ({
  plan: (request) => plan(letters, request, 'order'),
  step: (task) =>
    nextLetter(task, async (id) => {
      const { open = 0, trying = 0 } = (await redrive(id)) ?? {}
      if (trying > 0) return 'trying'
      return open === 0 ? 'done' : 'failed'
    }),
})

/** Discards those that are at fault, one by one; what waits behind them then runs. */
export const discardTask = (letters: Letters, { discard }: Redriver): TaskKind => ({
  plan: (request) => plan(letters, request, 'fault'),
  step: (task) =>
    nextLetter(task, async (id) => {
      await discard(id, task.reason ?? 'no reason was given')
      return 'done'
    }),
})

const SAMPLE = 10

/** Names the letters now: what fails meanwhile was not what the operator looked at. */
async function plan(letters: Letters, { select }: TaskRequest, each: 'order' | 'fault') {
  const { ids, orders, letters: would } = await letters.targets(select as Selection, each)
  const found = await Promise.all(ids.slice(0, SAMPLE).map((id) => letters.find(id)))
  return { plan: { ids }, total: ids.length, would, orders, sample: found.flatMap((letter) => (letter ? [shown(letter)] : [])) }
}

const shown = ({ id, orderId, eventId, code, error, message }: DeadLetter) => ({
  ...{ id, orderId, eventId, code, error },
  type: claimedType(message),
})

type Outcome = 'done' | 'trying' | 'failed'

/** The database may refuse one order still, and that is no reason to stop. */
async function nextLetter({ plan, position }: Task, end: (id: string) => Promise<Outcome>): Promise<TaskStep | null> {
  const { ids } = plan as { ids: readonly string[] }
  const at = (position as { next: number } | null)?.next ?? 0
  const id = ids[at]
  if (id === undefined) return null
  const outcome = await end(id).catch((error): Outcome => {
    if (codeOf(error) !== 'REDRIVE_REFUSED') throw error
    return 'failed'
  })
  return { position: { next: at + 1 }, done: 0, failed: 0, [outcome]: 1 }
}
