import type { Faults, Life, MemoryBroker, Scheduler } from '@quadrille/testing/memory'
import type { Deployment } from './fleet.ts'
import type { Plan } from './plan.ts'

export interface TroubleOptions {
  readonly plan: Plan
  readonly scheduler: Scheduler
  readonly broker: MemoryBroker
  readonly faults: Faults
  readonly deployments: readonly Deployment[]
  readonly isRough: () => boolean
  readonly onWell: () => void
}

const IN_THE_MIDDLE = 0.7

/** Before each step, with some luck, nothing: or a process dies, freezes or is stopped, or a group reads again what it has read. */
export function createTrouble({ plan, scheduler, faults, broker, deployments, isRough, onWell }: TroubleOptions) {
  const { chance } = scheduler
  let over = false
  const processes = () => deployments.flatMap((deployment) => deployment.processes)

  /** Mostly whoever is about to move: in the middle of its work, that is. */
  function victim(moving: Life) {
    const all = processes()
    return all.find(({ life }) => life === moving && chance.happens(IN_THE_MIDDLE)) ?? chance.pick(all)
  }

  function crash(moving: Life) {
    faults.note('crash')
    scheduler.crash(victim(moving).life)
  }

  /** Longer than leases and sessions last: it comes back as a zombie. */
  function freeze(moving: Life) {
    faults.note('freeze')
    scheduler.freeze(victim(moving).life, chance.below(3_000))
  }

  function rewind() {
    const written = [...broker.logs].filter(({ messages }) => messages.length > 0)
    const groups = [...broker.groups.keys()]
    if (written.length === 0 || groups.length === 0) return
    faults.note('rewind')
    const log = chance.pick(written)
    broker.rewind(chance.pick(groups), log, chance.below(log.messages.length))
  }

  /** As in a rolling deployment: it ends what it has in hand, and another comes. */
  function stop() {
    faults.note('stop')
    const deployment = chance.pick(deployments)
    if (deployment.processes.length > 0) deployment.stop(chance.pick(deployment.processes))
  }

  const deeds = [
    [plan.crash, crash],
    [plan.freeze, freeze],
    [plan.stop, stop],
    [plan.rewind, rewind],
  ] as const
  const likely = deeds.reduce((sum, [probability]) => sum + probability, 0)

  function strike(luck: number, moving: Life) {
    if (luck >= likely || processes().length === 0) return
    let left = luck
    for (const [probability, deed] of deeds) {
      if (left < probability) return deed(moving)
      left -= probability
    }
  }

  return {
    next(moving: Life) {
      if (over) return
      if (isRough()) return strike(chance.next(), moving)
      over = true
      onWell()
    },
  }
}
