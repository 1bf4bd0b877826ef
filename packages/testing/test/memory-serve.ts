import { setImmediate as turn } from 'node:timers/promises'
import type { Scheduler } from '../src/memory/index.ts'

/** Lets a scheduler's processes move while a test looks on from outside. */
export function serve(scheduler: Scheduler) {
  const visitor = scheduler.begin('visitor')
  let open = true
  const serving = (async () => {
    for (; open; await turn()) await scheduler.run(() => true, 1_000)
  })()
  return {
    visitor,
    /** Lets virtual time pass. */
    elapse: (ms: number) => new Promise<void>((resolve) => scheduler.after(visitor, ms, resolve)),
    async close() {
      open = false
      await serving
    },
  }
}
