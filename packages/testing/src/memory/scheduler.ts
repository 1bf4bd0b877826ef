import type { Pause } from '@quadrille/messaging'
import { type Chance, createChance } from './chance.ts'
import { createQueue, type Passing } from './queue.ts'

/** The beginning of virtual time, on calendars. */
export const EPOCH = Date.UTC(2026, 0, 1)

/** One life of a simulated process: ended by a crash, and never resumed. */
export interface Life {
  readonly name: string
  readonly alive: boolean
  /** Its session is over, and it does not know yet: whatever it does is a zombie's doing. */
  expelled: boolean
  /** Whoever expects signs of life from it hears how long there will be none. */
  onFreeze(told: (ms: number) => void): void
  /** The supervisor, the operating system and the servers hear of its end. */
  onEnd(told: () => void): void
}

/** Decides who moves next. Whatever the simulated processes do outside themselves is a step, and the seed orders the steps. */
export interface Scheduler {
  readonly chance: Chance
  /** Milliseconds of virtual time. */
  now(): number
  begin(name: string): Life
  /** Waits for the process's turn. Nothing outside changes between two steps of anybody. */
  step(life: Life): Promise<void>
  /** Rests in virtual time, which passes when nobody can move, and now and then before. */
  rest(life: Life, ms: number): Promise<void>
  /** Rests that end early when they are aborted. */
  pause(life: Life): Pause
  /** Has a process do something, in its turn. */
  post(life: Life, task: () => void): void
  after(life: Life, ms: number, task: () => void): void
  crash(life: Life): void
  /** As SIGSTOP does: its steps wait, its leases run out. */
  freeze(life: Life, ms: number): void
  /** Lets everybody move until `done`, asked every so often, when nobody can move before time passes; throws when that takes more than `mostSteps`. */
  run(done: () => boolean, mostSteps: number): Promise<void>
  readonly steps: number
}

export interface SchedulerOptions extends Passing {
  readonly seed: number
  /** Before each step, of whoever is to move: where crashes and other mishaps come from. */
  readonly onStep?: (life: Life) => void
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

interface SimulatedLife extends Life {
  alive: boolean
  frozenUntil: number
  readonly atEnd: (() => void)[]
  readonly atFreeze: ((ms: number) => void)[]
}

/** Of its own each time: one for all would keep everybody who ever waited for it. */
const never = () => new Promise<never>(() => undefined)

export function createScheduler({ seed, onStep = () => undefined, ...passing }: SchedulerOptions): Scheduler {
  const chance = createChance(seed)
  const queue = createQueue<SimulatedLife>(chance, passing)
  const own = (life: Life) => life as SimulatedLife
  let lives = 0

  /** True once somebody has moved; false when nobody ever will. */
  function turn(): boolean {
    const { life, resume } = queue.take() ?? {}
    if (!life || !resume) return false
    scheduler.steps += 1
    if (life.frozenUntil <= queue.time) onStep(life)
    if (life.frozenUntil > queue.time) queue.later(life, life.frozenUntil - queue.time, resume)
    else if (life.alive) resume()
    return true
  }

  /** An abort is the process's own doing, in its turn: so the rest ends in that turn. */
  function pause(life: SimulatedLife, ms: number, signal: AbortSignal): Promise<void> {
    if (!life.alive) return never()
    if (signal.aborted) return Promise.resolve()
    return new Promise((resume) => {
      const timer = queue.later(life, ms, resume)
      signal.addEventListener('abort', () => queue.cancel(timer) && resume())
    })
  }

  function crash(life: SimulatedLife) {
    if (!life.alive) return
    life.alive = false
    queue.forget(life)
    for (const told of life.atEnd) told()
  }

  const scheduler: Mutable<Scheduler> = {
    chance,
    now: () => queue.time,
    begin(name) {
      lives += 1
      return newLife(`${name} ${lives}`)
    },
    step: (life) => (life.alive ? new Promise((resume) => queue.now(own(life), resume)) : never()),
    rest: (life, ms) => (life.alive ? new Promise((resume) => queue.later(own(life), ms, resume)) : never()),
    pause: (life) => (ms, signal) => pause(own(life), ms, signal),
    post: (life, task) => life.alive && queue.now(own(life), task),
    after: (life, ms, task) => void (life.alive && queue.later(own(life), ms, task)),
    crash: (life) => crash(own(life)),
    freeze(life, ms) {
      own(life).frozenUntil = queue.time + ms
      for (const told of own(life).atFreeze) told(ms)
    },
    run(done, mostSteps) {
      const last = scheduler.steps + mostSteps
      return drive({ turn, isAtRest: queue.isAtRest, done, tooLong: () => scheduler.steps > last })
    },
    steps: 0,
  }
  return scheduler
}

function newLife(name: string): SimulatedLife {
  const atEnd: (() => void)[] = []
  const atFreeze: ((ms: number) => void)[] = []
  const [onEnd, onFreeze] = [(told: () => void) => void atEnd.push(told), (told: (ms: number) => void) => void atFreeze.push(told)]
  return { name, alive: true, expelled: false, frozenUntil: 0, atEnd, atFreeze, onEnd, onFreeze }
}

interface Drive {
  /** False when nobody can move any more. */
  readonly turn: () => boolean
  readonly isAtRest: () => boolean
  readonly done: () => boolean
  readonly tooLong: () => boolean
}

const ASK_AFTER = 8

/**
 * One turn after another, each when the one before has run out of things to do. A tick that is asked for in a microtask comes after
 * *all* microtasks, whatever they queue: so a turn ends exactly when everybody waits, without a round of the event loop.
 */
function drive({ turn, isAtRest, done, tooLong }: Drive): Promise<void> {
  const drained = Promise.resolve()
  return new Promise((resolve, reject) => {
    let turns = 0
    function next() {
      try {
        turns += 1
        if (turns > ASK_AFTER && isAtRest()) {
          if (done()) return resolve()
          turns = 0
        }
        if (tooLong()) throw new Error('not done after all these steps')
        if (turn()) void drained.then(tick)
        else if (done()) resolve()
        else throw new Error('nobody can move, and it is not done')
      } catch (error) {
        reject(error)
      }
    }
    const tick = () => process.nextTick(next)
    void drained.then(tick) // whoever calls may stand outside of all microtasks: then the first tick would come before them
  })
}
