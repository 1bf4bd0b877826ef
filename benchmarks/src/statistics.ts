import { seeded } from '@quadrille/load'
import { median, quantileSorted, sampleWithReplacement } from 'simple-statistics'

/** A median, and where it lies with 95 % confidence. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
}

const RESAMPLES = 10_000

/** The median with its bootstrap interval: what the same rounds, drawn again and again, would have shown. Always the same for a seed. */
export function estimate(values: readonly number[], seed = 1): Estimate {
  const random = seeded(seed)
  const medians = Array.from({ length: RESAMPLES }, () => median(sampleWithReplacement([...values], values.length, random)))
  medians.sort((one, other) => one - other)
  return { median: median([...values]), low: quantileSorted(medians, 0.025), high: quantileSorted(medians, 0.975) }
}
