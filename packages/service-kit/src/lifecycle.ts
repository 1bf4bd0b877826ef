import { setTimeout as wait } from 'node:timers/promises'

/** One step of stopping: what it is called in the log, how long it may take, and what it does. */
export type Step = readonly [name: string, longestMs: number, stop: () => unknown]

/** Takes every step in order, also after one that failed or took too long; at the end throws all that went wrong, together. */
export async function stopInOrder(steps: readonly Step[]): Promise<void> {
  const failures: Error[] = []
  for (const [name, longestMs, stop] of steps) {
    try {
      await within(longestMs, stop)
    } catch (cause) {
      failures.push(new Error(`stopping ${name} failed: ${(cause as Error).message}`, { cause }))
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '))
}

async function within(ms: number, run: () => unknown): Promise<void> {
  const timer = new AbortController()
  const late = wait(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`took longer than ${ms} ms`)
  })
  try {
    await Promise.race([run(), late])
  } finally {
    timer.abort()
    late.catch(() => {})
  }
}
