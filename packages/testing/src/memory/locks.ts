import type { Life, Scheduler } from './scheduler.ts'

/** Whoever holds rows until its end. */
export interface Holder {
  readonly life: Life
  readonly held: Set<string>
}

/** Row locks: the second waits for the first to end. */
export interface Locks {
  acquire(holder: Holder, row: string): Promise<void>
  isFree(row: string): boolean
  release(holder: Holder): void
}

interface Waiting {
  readonly holder: Holder
  readonly granted: () => void
}

export function createLocks(scheduler: Scheduler): Locks {
  const owners = new Map<string, Holder>()
  const queues = new Map<string, Waiting[]>()

  function grant(row: string, { holder, granted }: Waiting) {
    owners.set(row, holder)
    holder.held.add(row)
    scheduler.post(holder.life, granted)
  }

  function passOn(row: string) {
    owners.delete(row)
    const queue = queues.get(row)
    const next = queue?.shift()
    if (queue?.length === 0) queues.delete(row)
    if (!next) return
    if (next.holder.life.alive) grant(row, next)
    else passOn(row)
  }

  return {
    async acquire(holder, row) {
      const owner = owners.get(row)
      if (owner === holder) return
      if (owner) return new Promise((granted) => queues.set(row, [...(queues.get(row) ?? []), { holder, granted }]))
      owners.set(row, holder)
      holder.held.add(row)
    },
    isFree: (row) => !owners.has(row),
    release(holder) {
      for (const row of holder.held) passOn(row)
      holder.held.clear()
    },
  }
}
