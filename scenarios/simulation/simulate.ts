import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { add, emptyTally, type Tally } from './tally.ts'

export interface SimulateOptions {
  readonly from: number
  readonly histories: number
  readonly workers: number
  /** What earlier histories came to, to be added up with these. */
  readonly before?: Simulated
  readonly signal?: AbortSignal
  /** Every few seconds. */
  readonly onProgress?: (soFar: Simulated) => void
}

export interface Simulated extends Tally {
  /** So far, on all threads together. */
  readonly seconds: number
}

const PIECE = 100
const TELL_EVERY_MS = 5_000
const MOST_FAILED = 20

/** Plays histories of consecutive seeds, in several threads, piece by piece; ends early when aborted, or when many have failed. */
export async function simulate({ from, histories, workers, before, signal, onProgress }: SimulateOptions): Promise<Simulated> {
  const tally = emptyTally()
  if (before) add(tally, before)
  const finished = new Map<number, Tally>()
  const end = from + histories
  const started = performance.now()
  const sofar = () => ({ ...tally, seconds: (before?.seconds ?? 0) + (performance.now() - started) / 1_000 })
  let [next, counted, told] = [from, from, started]

  /** In the order of seeds, so that whoever goes on later leaves out none and plays none twice. */
  function count(first: number, piece: Tally) {
    finished.set(first, piece)
    for (let done = finished.get(counted); done; done = finished.get(counted)) {
      finished.delete(counted)
      add(tally, done)
      counted += done.histories
    }
    if (performance.now() - told < TELL_EVERY_MS) return
    told = performance.now()
    onProgress?.(sofar())
  }

  async function work() {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 64 } })
    while (next < end && !signal?.aborted && tally.failed.length < MOST_FAILED) {
      const piece = { from: next, to: Math.min(next + PIECE, end) }
      next = piece.to
      count(piece.from, await ask(worker, piece))
    }
    await worker.terminate()
  }

  await Promise.all(Array.from({ length: workers }, work))
  return sofar()
}

async function ask(worker: Worker, piece: { from: number; to: number }): Promise<Tally> {
  const answered = once(worker, 'message')
  worker.postMessage(piece)
  const [tally] = await answered
  return tally
}
