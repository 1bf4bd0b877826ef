import type { Pause } from '@quadrille/messaging'
import { type Chance, createChance } from './chance.ts'
import { createQueue } from './queue.ts'

/** The beginning of virtual time, on calendars. */
export const EPOCH = Date.UTC(2026, 0, 1)

/** One life of a simulated process: ended by a crash, and never resumed. */
export interface Life {
  readonly name: string
  readonly alive: boolean
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
  pause(life: Life): Pause
  /** Has a process do something, in its turn. */
  post(life: Life, task: () => void): void
  after(life: Life, ms: number, task: () => void): void
  crash(life: Life): void
  /** As SIGSTOP does: its steps wait, its leases run out. */
  freeze(life: Life, ms: number): void
  /** Lets everybody move until `done`, asked every so often; throws when that takes more than `mostSteps`. */
  run(done: () => boolean, mostSteps: number): Promise<void>
  readonly steps: number
}

export interface SchedulerOptions {
  readonly seed: number
  /** How often time passes although somebody could move: so that timers race with work. */
  readonly hurry?: () => number
  /** Before each step: where crashes and other mishaps come from. */
  readonly onStep?: () => void
}

interface SimulatedLife extends Life {
  alive: boolean
  frozenUntil: number
  readonly told: (() => void)[]
}

const NEVER = new Promise<never>(() => undefined)
const ASK_EVERY = 8

export function createScheduler({ seed, hurry = () => 0, onStep = () => undefined }: SchedulerOptions): Scheduler {
  const chance = createChance(seed)
  const queue = createQueue<SimulatedLife>(chance, hurry)
  const own = (life: Life) => life as SimulatedLife
  let lives = 0
  let steps = 0

  /** True once somebody has moved; false when nobody ever will. */
  function turn(): boolean {
    const { life, resume } = queue.take() ?? {}
    if (!life || !resume) return false
    if (life.frozenUntil > queue.time) queue.later(life, life.frozenUntil - queue.time, resume)
    else {
      steps += 1
      onStep()
      if (life.alive) resume()
    }
    return true
  }

  function crash(life: SimulatedLife) {
    if (!life.alive) return
    life.alive = false
    queue.forget(life)
    for (const told of life.told) told()
  }

  return {
    chance,
    now: () => queue.time,
    begin(name) {
      const told: (() => void)[] = []
      lives += 1
      return { name: `${name} ${lives}`, alive: true, frozenUntil: 0, told, onEnd: (task) => void told.push(task) } as SimulatedLife
    },
    step: (life) => (life.alive ? new Promise((resume) => queue.now(own(life), resume)) : NEVER),
    pause: (life) => (ms, signal) => (life.alive ? new Promise<void>((resume) => queue.later(own(life), ms, resume, signal)) : NEVER),
    post: (life, task) => life.alive && queue.now(own(life), task),
    after: (life, ms, task) => life.alive && queue.later(own(life), ms, task),
    crash: (life) => crash(own(life)),
    freeze(life, ms) {
      own(life).frozenUntil = queue.time + ms
    },
    run: (done, mostSteps) => drive(turn, done, steps + mostSteps, () => steps),
    get steps() {
      return steps
    },
  }
}

/**
 * One turn after another, each when the one before has run out of things to do. A tick that is asked for in a microtask comes after
 * *all* microtasks, whatever they queue: so a turn ends exactly when everybody waits, without a round of the event loop.
 */
function drive(turn: () => boolean, done: () => boolean, mostSteps: number, steps: () => number): Promise<void> {
  return new Promise((resolve, reject) => {
    let turns = 0
    function next() {
      try {
        turns += 1
        if (turns % ASK_EVERY === 0 && done()) return resolve()
        if (steps() > mostSteps) throw new Error(`not done after ${mostSteps} steps`)
        if (!turn()) return done() ? resolve() : reject(new Error('nobody can move, and it is not done'))
        queueMicrotask(() => process.nextTick(next))
      } catch (error) {
        reject(error)
      }
    }
    process.nextTick(next)
  })
}
