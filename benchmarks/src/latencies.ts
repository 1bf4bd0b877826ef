import * as hdr from 'hdr-histogram-js'

/** Times of one process, in milliseconds, with three digits. */
export interface Latencies {
  record(ms: number): void
  /** Compressed, to be merged elsewhere. */
  encoded(): string
}

// In microseconds, up to ten minutes.
const build = () => hdr.build({ lowestDiscernibleValue: 1, highestTrackableValue: 600_000_000, numberOfSignificantValueDigits: 3 })

export function createLatencies(): Latencies {
  const histogram = build()
  return {
    record: (ms) => histogram.recordValue(Math.max(1, Math.round(ms * 1_000))),
    encoded: () => hdr.encodeIntoCompressedBase64(histogram),
  }
}

export interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  readonly count: number
}

/** Histograms of several processes, or slots, as one: percentiles are never averaged. */
export function percentilesOf(encoded: readonly string[]): Percentiles {
  const all = build()
  for (const one of encoded) all.add(hdr.decodeFromCompressedBase64(one))
  const at = (percent: number) => all.getValueAtPercentile(percent) / 1_000
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: all.maxValue / 1_000, count: all.totalCount }
}
