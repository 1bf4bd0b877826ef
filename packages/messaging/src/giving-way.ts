import type { Backlog } from './outbox.ts'

/**
 * Whether a backlog gives way to callers of the same process: while somebody waits, and as long as it shrinks all the same, as of one look at
 * it to the next. Without that, a service that takes orders as fast as it can would never catch up.
 */
export function createGivingWay(awaited: () => boolean, backlog: () => Backlog): () => boolean {
  let last = backlog()
  let shrinks = true

  function look() {
    const now = backlog()
    if (now === last) return
    shrinks = now.unsent < last.unsent
    last = now
  }

  return () => {
    look()
    return shrinks && awaited()
  }
}
