/** The machine's monotonic clock, the same in every thread; `performance.now` begins anew in each. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

/**
 * What the wall clock is ahead of `performance.now`, read at a tick of its milliseconds; takes up to one. PostgreSQL stamps commits by
 * that wall clock, and `performance.timeOrigin` is as old as the process: a clock that is being corrected has left it behind.
 */
export function wallOffset(): number {
  const before = Date.now()
  for (;;) {
    const now = Date.now()
    if (now !== before) return now - performance.now()
  }
}
