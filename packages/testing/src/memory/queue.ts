import type { Chance } from './chance.ts'

interface Runnable<Who> {
  readonly life: Who
  readonly resume: () => void
}

interface Timer<Who> extends Runnable<Who> {
  readonly at: number
  readonly signal: AbortSignal | undefined
}

/** Who could move now, and who rests until when. */
export interface Queue<Who> {
  /** Milliseconds of virtual time. */
  readonly time: number
  now(life: Who, resume: () => void): void
  later(life: Who, ms: number, resume: () => void, signal?: AbortSignal): void
  /** Somebody, by chance. Time passes when nobody could move, and as often as `hurry` says before. */
  take(): Runnable<Who> | undefined
  forget(life: Who): void
}

export function createQueue<Who>(chance: Chance, hurry: () => number): Queue<Who> {
  let ready: Runnable<Who>[] = []
  let timers: Timer<Who>[] = []
  let time = 0

  /** To the next timer, or to an aborted one at once. */
  function passTime() {
    let next = Number.POSITIVE_INFINITY
    for (const { at, signal } of timers) next = Math.min(next, signal?.aborted ? time : at)
    if (next === Number.POSITIVE_INFINITY) return
    time = Math.max(time, next)
    const waiting: Timer<Who>[] = []
    for (const timer of timers) (timer.at <= time || timer.signal?.aborted ? ready : waiting).push(timer)
    timers = waiting
  }

  return {
    get time() {
      return time
    },
    now: (life, resume) => void ready.push({ life, resume }),
    later: (life, ms, resume, signal) => void timers.push({ at: time + ms, life, resume, signal }),
    take() {
      if (ready.length === 0 || (timers.length > 0 && chance.happens(hurry()))) passTime()
      if (ready.length === 0) return
      const index = chance.below(ready.length)
      const taken = ready[index]
      const last = ready.pop()!
      if (taken !== last) ready[index] = last
      return taken
    },
    forget(life) {
      ready = ready.filter((one) => one.life !== life)
      timers = timers.filter((one) => one.life !== life)
    },
  }
}
