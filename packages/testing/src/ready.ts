import type { RunningProcess } from './process.ts'
import { waitFor } from './wait-for.ts'

/** Waits until a service that runs as a process answers that it is ready; rejects with its last words where it ends before. */
export async function untilReady(process: RunningProcess, url: string): Promise<void> {
  const answers = async () => process.exit() !== undefined || (await fetch(`${url}/readyz`)).ok
  await waitFor(answers, { deadline: 60_000, every: 50, what: `${process.name} to be ready`, diagnose: process.tail })
  if (process.exit()) throw new Error(`${process.name} ended while it started:\n${process.tail()}`)
}
