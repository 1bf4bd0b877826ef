import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Verdict } from './check.ts'

/** What many histories came to. */
export interface Total {
  done: number
  perSecond: number
  readonly failed: Verdict[]
  readonly sometimes: Record<string, number>
}

export interface SimulateOptions {
  readonly from: number
  readonly histories: number
  readonly workers: number
  readonly signal?: AbortSignal
  /** Every thousand histories or so. */
  readonly onProgress?: (total: Total) => void
}

const PIECE = 250

/** Plays histories of consecutive seeds, in several threads, piece by piece; ends early when aborted, or when many have failed. */
export async function simulate({ from, histories, workers, signal, onProgress }: SimulateOptions): Promise<Total> {
  const total: Total = { done: 0, perSecond: 0, failed: [], sometimes: {} }
  const end = from + histories
  const started = performance.now()
  let next = from

  function count(verdicts: readonly Verdict[]) {
    total.done += verdicts.length
    total.perSecond = (total.done * 1_000) / (performance.now() - started)
    total.failed.push(...verdicts.filter(({ wrong }) => wrong.length > 0))
    for (const { sometimes } of verdicts)
      for (const [what, times] of Object.entries(sometimes)) total.sometimes[what] = (total.sometimes[what] ?? 0) + times
    if (Math.floor(total.done / 2_000) > Math.floor((total.done - verdicts.length) / 2_000)) onProgress?.(total)
  }

  async function work() {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 64 } })
    while (next < end && !signal?.aborted && total.failed.length < 20) {
      const piece = { from: next, to: Math.min(next + PIECE, end) }
      next = piece.to
      count(await ask(worker, piece))
    }
    await worker.terminate()
  }

  await Promise.all(Array.from({ length: workers }, work))
  return total
}

async function ask(worker: Worker, piece: { from: number; to: number }): Promise<readonly Verdict[]> {
  const answered = once(worker, 'message')
  worker.postMessage(piece)
  const [verdicts] = await answered
  return verdicts
}
