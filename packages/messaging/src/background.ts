import { createWaker, type Pause } from './waker.ts'

/** Work that goes on until it is stopped. */
export interface Background {
  start(): void
  /** Ends a rest, and resolves when the work is over. */
  stop(): Promise<void>
}

/** What the work asks and does between its turns. */
export interface Turns {
  readonly running: () => boolean
  /** Ends early when the work is to end, and does not even begin after that. */
  readonly rest: (ms: number) => Promise<void> | undefined
}

/** Begins the work once, however often it is started. */
export function createBackground(pause: Pause, work: (turns: Turns) => Promise<void>): Background {
  const waker = createWaker(pause)
  let running = false
  let over: Promise<void> | undefined
  const turns: Turns = { running: () => running, rest: (ms) => (running ? waker.rest(ms) : undefined) }
  return {
    start() {
      running = true
      over ??= work(turns)
    },
    async stop() {
      running = false
      waker.wake()
      await over
    },
  }
}
