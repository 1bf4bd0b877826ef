/** Times of one step, in milliseconds. */
export type Samples = readonly number[]

/**
 * What several steps take one after the other, by drawing one sample of each: percentiles of steps cannot be added, since
 * hardly an order meets the worst of every step. As many sums as asked for.
 */
export function drawSums(steps: readonly Samples[], count: number, random: () => number): number[] {
  if (steps.some((step) => step.length === 0)) throw new Error('a step without samples cannot be drawn from')
  const draw = (step: Samples) => step[Math.floor(random() * step.length)]!
  return Array.from({ length: count }, () => steps.reduce((sum, step) => sum + draw(step), 0))
}

/** The moments of a Poisson process, in milliseconds after its start: arrivals that know nothing of one another. */
export function* arrivals(rate: number, seconds: number, random: () => number): Generator<number, undefined> {
  const gap = () => (-Math.log(1 - random()) * 1_000) / rate
  for (let at = gap(); at < seconds * 1_000; at += gap()) yield at
}
