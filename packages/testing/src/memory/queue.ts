import type { Chance } from './chance.ts'

interface Runnable<Who> {
  readonly life: Who
  readonly resume: () => void
}

/** Somebody rests until then. */
export interface Timer<Who> extends Runnable<Who> {
  readonly at: number
}

/** When time passes. */
export interface Passing {
  /** How often time passes although somebody could move: so that timers race with work. */
  readonly hurry?: () => number
  /** The most milliseconds that timers ring late, and then several at once: as on a machine that has too much to do. */
  readonly late?: () => number
}

/** Who could move now, and who rests until when. */
export interface Queue<Who> {
  /** Milliseconds of virtual time. */
  readonly time: number
  /** Nobody could move before time passes. */
  isAtRest(): boolean
  now(life: Who, resume: () => void): void
  later(life: Who, ms: number, resume: () => void): Timer<Who>
  /** False if it has rung already. */
  cancel(timer: Timer<Who>): boolean
  /** Somebody, by chance. Time passes when nobody could move, and as often as `hurry` says before. */
  take(): Runnable<Who> | undefined
  forget(life: Who): void
}

export function createQueue<Who>(chance: Chance, { hurry = never, late = never }: Passing): Queue<Who> {
  let ready: Runnable<Who>[] = []
  let timers: Timer<Who>[] = []
  function passTime() {
    let next = Number.POSITIVE_INFINITY
    for (const { at } of timers) next = Math.min(next, at)
    if (next === Number.POSITIVE_INFINITY) return
    const most = late()
    queue.time = Math.max(queue.time, most > 0 ? next + chance.below(most) : next)
    let waiting = 0
    for (const timer of timers) {
      if (timer.at <= queue.time) ready.push(timer)
      else timers[waiting++] = timer
    }
    timers.length = waiting
  }

  // Not one getter here nor in the other parts of a world: each makes a hidden class of its own object, which keeps whole histories.
  const queue = {
    time: 0,
    isAtRest: () => ready.length === 0,
    now: (life: Who, resume: () => void) => void ready.push({ life, resume }),
    later(life: Who, ms: number, resume: () => void) {
      const timer = { at: queue.time + ms, life, resume }
      timers.push(timer)
      return timer
    },
    cancel(timer: Timer<Who>) {
      const place = timers.indexOf(timer)
      if (place >= 0) removeAt(timers, place)
      return place >= 0
    },
    take() {
      if (ready.length === 0 || (timers.length > 0 && chance.happens(hurry()))) passTime()
      return ready.length === 0 ? undefined : removeAt(ready, chance.below(ready.length))
    },
    forget(life: Who) {
      ready = ready.filter((one) => one.life !== life)
      timers = timers.filter((one) => one.life !== life)
    },
  }
  return queue
}

const never = () => 0

/** The last takes its place. */
function removeAt<T>(all: T[], place: number): T {
  const last = all.pop()!
  if (place === all.length) return last
  const removed = all[place]!
  all[place] = last
  return removed
}
