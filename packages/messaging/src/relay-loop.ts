import { backoff } from './backoff.ts'
import { kindOf } from './shipper.ts'
import { createWaker, type Pause } from './waker.ts'

export interface LoopOptions {
  /** One round; false if there was nothing to do. */
  readonly next: () => Promise<boolean>
  readonly pause: Pause
  readonly random?: () => number
  readonly onFailed: (error: unknown, attempt: number) => void
  readonly onFatal: (error: unknown) => void
}

export interface Loop {
  readonly running: boolean
  start(): void
  wake(): void
  /** Resolves when the round under way is over. */
  stop(): Promise<void>
}

const SHORTEST_POLL_MS = 20
const LONGEST_POLL_MS = 500

/** Round after round: rests longer while there is nothing to do, until woken; and after failures longer and longer, woken or not. */
export function createLoop({ next, pause, random, onFailed, onFatal }: LoopOptions): Loop {
  const idleness = createWaker(pause)
  const patience = createWaker(pause)
  let running = false
  let loop: Promise<void> | undefined

  async function run() {
    let idle = 0
    for (let failures = 0; running; ) {
      try {
        idle = (await next()) ? 0 : idle + 1
        failures = 0
        if (idle > 0 && running) await idleness.rest(Math.min(SHORTEST_POLL_MS * 2 ** (idle - 1), LONGEST_POLL_MS))
      } catch (error) {
        if (kindOf(error) === 'authorization') return giveUp(error)
        failures += 1
        onFailed(error, failures)
        if (running) await patience.rest(backoff(failures, { from: 100, to: 5_000, random }))
      }
    }
  }

  function giveUp(error: unknown) {
    running = false
    onFatal(error)
  }

  return {
    get running() {
      return running
    },
    start() {
      running = true
      loop ??= run()
    },
    wake: idleness.wake,
    async stop() {
      running = false
      idleness.wake()
      patience.wake()
      await loop
    },
  }
}
