import type { Life, Scheduler } from './scheduler.ts'

/** Whoever holds rows until its end. */
export interface Holder {
  readonly life: Life
  readonly held: Set<string>
}

/** Row locks: the second waits for the first to end. */
export interface Locks {
  /** Nothing to wait for where the row is free; rejects where two would wait for each other for ever. */
  acquire(holder: Holder, row: string): Promise<void> | undefined
  isFree(row: string): boolean
  release(holder: Holder): void
  /** Locks taken in one order everywhere never make one. */
  readonly deadlocks: number
}

interface Waiting {
  readonly holder: Holder
  readonly granted: () => void
}

export function createLocks(scheduler: Scheduler): Locks {
  const owners = new Map<string, Holder>()
  const queues = new Map<string, Waiting[]>()
  const waitsFor = new Map<Holder, string>()

  function grant(row: string, { holder, granted }: Waiting) {
    waitsFor.delete(holder)
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

  function wait(holder: Holder, row: string): Promise<void> {
    if (isRing(owners, waitsFor, holder, row)) {
      locks.deadlocks += 1
      return Promise.reject(Object.assign(new Error(`deadlock detected at ${row}`), { code: '40P01' }))
    }
    waitsFor.set(holder, row)
    return new Promise((granted) => queues.set(row, [...(queues.get(row) ?? []), { holder, granted }]))
  }

  const locks = {
    acquire(holder: Holder, row: string) {
      const owner = owners.get(row)
      if (owner === holder) return undefined
      if (owner) return wait(holder, row)
      owners.set(row, holder)
      holder.held.add(row)
      return undefined
    },
    isFree: (row: string) => !owners.has(row),
    release(holder: Holder) {
      waitsFor.delete(holder)
      for (const row of holder.held) passOn(row)
      holder.held.clear()
    },
    deadlocks: 0,
  }
  return locks
}

/** Does the row's owner wait for the holder, by however many others? */
function isRing(owners: ReadonlyMap<string, Holder>, waitsFor: ReadonlyMap<Holder, string>, holder: Holder, row: string): boolean {
  for (let wanted: string | undefined = row; wanted !== undefined; ) {
    const owner = owners.get(wanted)
    if (owner === holder) return true
    wanted = owner && waitsFor.get(owner)
  }
  return false
}
