import type { MemoryBroker, Scheduler } from '@quadrille/testing/memory'
import type { Deployment } from './fleet.ts'
import type { Plan } from './plan.ts'

export interface TroubleOptions {
  readonly plan: Plan
  readonly scheduler: Scheduler
  readonly broker: MemoryBroker
  readonly deployments: readonly Deployment[]
  readonly isRough: () => boolean
  readonly onWell: () => void
}

/** Before each step, with some luck, nothing: or a process dies, or freezes, or a group reads again what it has read. */
export function createTrouble({ plan, scheduler, broker, deployments, isRough, onWell }: TroubleOptions) {
  const { chance } = scheduler
  const struck = { crashes: 0, freezes: 0, rewinds: 0 }
  let over = false
  const processes = () => deployments.flatMap((deployment) => deployment.processes)

  function crash() {
    struck.crashes += 1
    scheduler.crash(chance.pick(processes()).life)
  }

  /** Longer than leases and sessions last: it comes back as a zombie. */
  function freeze() {
    struck.freezes += 1
    scheduler.freeze(chance.pick(processes()).life, chance.below(4_000))
  }

  function rewind() {
    const written = [...broker.logs].filter(({ messages }) => messages.length > 0)
    const groups = [...broker.groups.keys()]
    if (written.length === 0 || groups.length === 0) return
    struck.rewinds += 1
    const log = chance.pick(written)
    broker.rewind(chance.pick(groups), log, chance.below(log.messages.length))
  }

  function strike(luck: number) {
    if (luck >= plan.crash + plan.freeze + plan.rewind || processes().length === 0) return
    if (luck < plan.crash) crash()
    else if (luck < plan.crash + plan.freeze) freeze()
    else rewind()
  }

  return {
    next() {
      if (over) return
      if (isRough()) return strike(chance.next())
      over = true
      onWell()
    },
    struck,
  }
}
