import { FatalError } from './errors.ts'
import { createWaker, type Pause } from './waker.ts'

/**
 * A kind of work that may stand still. What counts as progress is what is *finished*: a set committed, a record done, a send
 * acknowledged. Trying again is none.
 */
export interface Work {
  readonly name: string
  /** Changes whenever something is finished. */
  finished(): number
  /** Is there something to do, and is it this process's to do? */
  waiting(): boolean | Promise<boolean>
  /** Did the last attempt fail for a reason outside, where a new process would fare no better? */
  hindered(): boolean
}

/** How long a work has been standing still, as far as somebody looked. */
export interface Stall {
  readonly at: number
  readonly finished: number
  readonly forMs: number
}

/** What one look saw. */
export interface Look {
  readonly at: number
  readonly finished: number
  readonly waiting: boolean
  /** Database and broker answer, and the work does not fail because of them. */
  readonly wellAround: boolean
}

/**
 * Time counts only while work waits, nothing is finished and all is well around; anything else begins anew. So an outage of hours
 * counts nothing, nor does the first moment after it. A process that was frozen for an hour has not looked, and that counts little.
 */
export function judge(before: Stall, { at, finished, waiting, wellAround }: Look, longestGapMs: number): Stall {
  const still = finished === before.finished && waiting && wellAround
  return { at, finished, forMs: still ? before.forMs + Math.min(at - before.at, longestGapMs) : 0 }
}

export interface WatchdogOptions {
  readonly works: readonly Work[]
  /** Do database and broker answer? Asked only when something may be standing still. */
  readonly probe: () => Promise<boolean>
  /** Standing still for so long ends the process; 0 switches the watchdog off. */
  readonly limitMs: number
  readonly onStalled: (work: string, forMs: number) => void
  readonly onFatal: (error: unknown) => void
  readonly pause: Pause
  readonly now?: () => number
}

/** Liveness is progress, not a socket: while all is well around, a process that stands still is of no use, and a new one may be. */
export interface Watchdog {
  start(): void
  stop(): void
  /** False for the last fifth of the limit, so that requests go elsewhere before the process ends. */
  readonly progressing: boolean
}

const READY_SHARE = 0.8
const LOOKS = 10
const LEAST_PATIENCE_MS = 1_000

export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { works, probe, limitMs, onStalled, onFatal, pause, now = () => performance.now() } = options
  const everyMs = limitMs / LOOKS
  const waker = createWaker(pause)
  const stalls = new Map<Work, Stall>()
  let running = false

  async function lookAt(work: Work, probed: () => Promise<boolean>): Promise<Stall> {
    const before = stalls.get(work)
    const seen = { at: now(), finished: work.finished() }
    if (before?.finished !== seen.finished || work.hindered()) return { ...seen, forMs: 0 }
    const waiting = await answers(async () => work.waiting())
    const wellAround = waiting && (await answers(probed)) && !work.hindered()
    return judge(before, { at: seen.at, finished: work.finished(), waiting, wellAround }, 2 * everyMs)
  }

  /** What does not answer soon does not answer. */
  async function answers(question: () => Promise<boolean>): Promise<boolean> {
    const answered = new AbortController()
    const late = pause(Math.max(everyMs, LEAST_PATIENCE_MS), answered.signal).then(no, no)
    return Promise.race([question().catch(no), late]).finally(() => answered.abort())
  }

  async function look() {
    const probed = once(probe)
    const seen = await Promise.all(works.map(async (work) => [work, await lookAt(work, probed)] as const))
    if (running) for (const [work, stall] of seen) note(work, stall)
  }

  function note(work: Work, stall: Stall) {
    stalls.set(work, stall)
    if (stall.forMs >= limitMs) onFatal(new FatalError(`${work.name} stood still for ${limitMs} ms while database and broker answered`))
    else if (stall.forMs >= limitMs * READY_SHARE) onStalled(work.name, stall.forMs)
  }

  async function run() {
    while (running) {
      await look()
      if (running) await waker.rest(everyMs)
    }
  }

  return {
    start() {
      if (limitMs === 0 || running) return
      running = true
      void run()
    },
    stop() {
      running = false
      waker.wake()
    },
    get progressing() {
      return [...stalls.values()].every(({ forMs }) => forMs < limitMs * READY_SHARE)
    },
  }
}

const no = () => false

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}
