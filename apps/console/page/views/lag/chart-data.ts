import type { LagHistory } from '../../../src/api-types.ts'

/** What uPlot draws: times in seconds, then the figures of each line. */
export interface Chart {
  readonly names: readonly string[]
  readonly data: readonly (readonly (number | null)[])[]
}

export type Measure = 'lag' | 'seconds'

/** A line for each group; of one group, a line for each topic that it reads. */
export function chartOf({ at, series }: LagHistory, measure: Measure, group: string | null): Chart {
  const lines =
    group === null
      ? perGroup(series, measure)
      : series.filter((one) => one.group === group).map((one) => [one.topic, one[measure]] as const)
  return { names: lines.map(([name]) => name), data: [at.map((time) => time / 1000), ...lines.map(([, figures]) => figures)] }
}

/** Messages add up; of ages the oldest counts. */
function perGroup(series: LagHistory['series'], measure: Measure) {
  const together = (a: number, b: number) => (measure === 'lag' ? a + b : Math.max(a, b))
  return [...Map.groupBy(series, ({ group }) => group)].map(([group, of]) => {
    const length = Math.max(...of.map((one) => one[measure].length))
    const figures = Array.from({ length }, (_, at) =>
      of.flatMap((one) => one[measure][at] ?? []).reduce<number | null>((sum, one) => (sum === null ? one : together(sum, one)), null),
    )
    return [group, figures] as const
  })
}

/** The last figures of a line, for whoever does not see the picture. */
export function spoken({ names, data }: Chart, unit: string): string {
  const last = names.map((name, at) => `${name} ${data[at + 1]?.at(-1) ?? 'unknown'}`)
  return last.length === 0 ? 'No figures yet.' : `Now, in ${unit}: ${last.join(', ')}.`
}
