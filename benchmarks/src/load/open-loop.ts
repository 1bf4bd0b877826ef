import { Worker } from 'node:worker_threads'
import { monotonicMs } from './clock.ts'
import type { Beat } from './metronome.ts'

/** When something was meant to begin, and when it did: milliseconds of `performance.now()`. */
export interface Start {
  readonly intended: number
  readonly begun: number
}

type Told = { readonly start: number } | { readonly at: number } | { readonly end: true }

/** Begins `work` at each moment of a Poisson process, whatever the ones before are doing; resolves when all have ended. */
export async function openLoop(beat: Beat, work: (start: Start) => Promise<void>): Promise<void> {
  const metronome = new Worker(new URL('./metronome.ts', import.meta.url), { workerData: beat })
  const begun = new Set<Promise<void>>()
  const ended = Promise.withResolvers<void>()
  const toOwn = performance.now() - monotonicMs()
  let start = 0
  metronome.on('message', (told: Told) => {
    if ('start' in told) start = told.start + toOwn
    if ('end' in told) ended.resolve()
    if (!('at' in told)) return
    const done = work({ intended: start + told.at, begun: performance.now() })
      .catch(ended.reject)
      .finally(() => begun.delete(done))
    begun.add(done)
  })
  metronome.on('error', ended.reject)
  try {
    await ended.promise
    await Promise.all(begun)
  } finally {
    await metronome.terminate()
  }
}

/** Does it `count` times, so many at once, each as soon as one before has ended. */
export async function closedLoop(count: number, concurrency: number, work: (start: Start) => Promise<void>): Promise<void> {
  let left = count
  const lane = async () => {
    while (left-- > 0) {
      const now = performance.now()
      await work({ intended: now, begun: now })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}
