import { setImmediate as turn } from 'node:timers/promises'
import type { Pause } from '../src/waker.ts'

export interface VirtualTime {
  readonly now: () => number
  readonly pause: Pause
  /** Runs until the condition holds, jumping to the next sleeper whenever nothing else can happen; fails after `limitMs` of virtual time. */
  until(done: () => boolean, limitMs?: number): Promise<void>
  elapse(ms: number): Promise<void>
}

/** Time that passes only when everybody sleeps, so that hours of outage are tested in milliseconds. */
export function createVirtualTime(): VirtualTime {
  let now = 0
  const sleepers = new Set<{ at: number; wake: () => void }>()

  const pause: Pause = (ms, signal) =>
    new Promise<void>((resolve) => {
      const sleeper = { at: now + ms, wake: resolve }
      const leave = () => {
        sleepers.delete(sleeper)
        resolve()
      }
      if (signal.aborted) return resolve()
      sleepers.add(sleeper)
      signal.addEventListener('abort', leave, { once: true })
    })

  function jump(limit: number) {
    const next = [...sleepers].reduce((first, one) => (one.at < first.at ? one : first), { at: Number.POSITIVE_INFINITY, wake: () => {} })
    now = Math.min(next.at, limit)
    if (next.at > limit) return
    sleepers.delete(next as never)
    next.wake()
  }

  async function until(done: () => boolean, limitMs = 60_000) {
    const limit = now + limitMs
    for (await turn(); !done(); await turn()) {
      if (now >= limit) throw new Error(`still waiting after ${limitMs} ms of virtual time`)
      jump(limit)
    }
  }

  return {
    now: () => now,
    pause,
    until,
    async elapse(ms) {
      const end = now + ms
      await until(() => now >= end, ms)
    },
  }
}
