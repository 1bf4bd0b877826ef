import type { SetStore } from '../../src/index.ts'
import type { Toy } from './toy.ts'

interface Emptiness {
  /** What the next commits fail with; where there is nothing, they work. */
  readonly failures?: unknown[]
  /** Events that were taken before. */
  readonly taken?: readonly string[]
  readonly onCommitted?: (orderIds: readonly string[]) => void
}

/** A store in which no order is known yet, and which keeps nothing. */
export const emptyStore = ({ failures = [], taken = [], onCommitted }: Emptiness = {}): SetStore<Toy, unknown> => ({
  transact: async (work) => {
    let locked: readonly string[] = []
    return await work({
      claim: async (inputs) => new Set(inputs.map(({ id }) => id).filter((id) => !taken.includes(id))),
      lock: async (orderIds) => {
        locked = orderIds
        return { now: new Date(0), streams: new Map() }
      },
      load: async () => new Map(),
      loadShared: async () => new Map(),
      fence: async () => new Set(),
      openLetters: async () => [],
      commit: async () => {
        const failure = failures.shift()
        if (failure) throw failure
        onCommitted?.(locked)
      },
    })
  },
})
