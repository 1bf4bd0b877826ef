/** Milliseconds to wait before attempt `attempt` (1, 2, 3…): doubling from `from` up to `to`, with full jitter above one half. */
export function backoff(attempt: number, { from, to, random = Math.random }: { from: number; to: number; random?: () => number }): number {
  const ceiling = Math.min(to, from * 2 ** Math.min(attempt - 1, 30))
  return ceiling / 2 + (ceiling / 2) * random()
}
