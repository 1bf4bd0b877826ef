import { parentPort, workerData } from 'node:worker_threads'
import { seeded } from '@quadrille/load'
import { monotonicMs } from './clock.ts'
import { arrivals } from './draws.ts'

/** Tells each moment to begin something, as milliseconds after the start. */
export interface Beat {
  readonly rate: number
  readonly seconds: number
  readonly seed: number
}

// A timer of the event loop has a grain of 1 ms and waits for whatever else the loop does; a thread that sleeps in the kernel wakes
// within 0.1 ms, and unlike a loop that spins it leaves the core to the system under test.
const { rate, seconds, seed } = workerData as Beat
const nobody = new Int32Array(new SharedArrayBuffer(4))
const start = monotonicMs()
parentPort!.postMessage({ start })
for (const at of arrivals(rate, seconds, seeded(seed))) {
  const left = start + at - monotonicMs()
  if (left > 0) Atomics.wait(nobody, 0, 0, left)
  parentPort!.postMessage({ at })
}
parentPort!.postMessage({ end: true })
