import type { PartitionOffset } from './kafka.ts'
import type { Offsets } from './offsets.ts'

/** How far the records that were delivered have come. */
export interface Progress {
  delivered(at: PartitionOffset): void
  done(at: PartitionOffset): void
  /** Records that are on their way. */
  readonly open: number
  /** When a record was last finished, by `now`. */
  readonly lastDone: number
  /** How long records have been waiting without any being finished; 0 when none waits. */
  readonly stalledMs: number
}

/** Counts what is on its way, and when anything last moved; the offsets learn of everything first. */
export function createProgress(offsets: Pick<Offsets, 'delivered' | 'done'>, now: () => number): Progress {
  let open = 0
  let lastDone = now()
  let moved = lastDone
  return {
    delivered(at) {
      offsets.delivered(at)
      if (open === 0) moved = now()
      open += 1
    },
    done(at) {
      offsets.done(at)
      open -= 1
      lastDone = now()
      moved = lastDone
    },
    get open() {
      return open
    },
    get lastDone() {
      return lastDone
    },
    get stalledMs() {
      return open === 0 ? 0 : now() - moved
    },
  }
}
