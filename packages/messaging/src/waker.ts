export type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>

/** By the clock; rejects with the reason when it is aborted. Node's own makes an error with a stack for each. */
export const pause: Pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const leave = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave)
      resolve(undefined)
    }, ms)
    signal.addEventListener('abort', leave, { once: true })
  })

/** A rest that ends early when somebody has work. */
export interface Waker {
  wake(): void
  /** Resolves after `ms`, or at once if woken since the last rest. */
  rest(ms: number): Promise<void>
}

/** One reason for all: without it every rest would make an error with a stack. */
const ROUSED = 'roused'

export function createWaker(pause: Pause): Waker {
  let woken = false
  let rouse: (() => void) | undefined
  return {
    wake() {
      woken = true
      rouse?.()
    },
    async rest(ms) {
      if (!woken) {
        const abort = new AbortController()
        const roused = new Promise<void>((resolve) => {
          rouse = resolve
        })
        await Promise.race([pause(ms, abort.signal).catch(() => undefined), roused])
        abort.abort(ROUSED)
      }
      woken = false
      rouse = undefined
    },
  }
}

/** Waits for the work, but no longer: an outage must not keep a process from ending. */
export async function within(pause: Pause, ms: number, work: Promise<unknown> | undefined) {
  const enough = new AbortController()
  await Promise.race([work, pause(ms, enough.signal).catch(() => undefined)])
  enough.abort()
}
