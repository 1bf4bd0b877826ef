/** One line of an answer; a value is null where there is none (or none that can be drawn). */
export interface Series {
  readonly name: string
  readonly values: readonly (number | null)[]
}

interface Matrix {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [seconds: number, value: string])[]
}

/** When the picture begins and ends, and how many points it has, in seconds. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly step: number
}

export const spanOf = (end: number, minutes: number, points = 80): Span => {
  const step = Math.max(1, Math.round((minutes * 60) / points))
  return { start: end - step * points, end, step }
}

/** Prometheus leaves out where it has nothing; a picture needs the gap. */
export function seriesOf(answer: readonly Matrix[], legend: string, { start, end, step }: Span): Series[] {
  const slots = Math.round((end - start) / step) + 1
  return answer.map(({ metric, values }) => {
    const line: (number | null)[] = Array(slots).fill(null)
    for (const [seconds, value] of values) line[Math.round((seconds - start) / step)] = finite(value)
    return { name: nameOf(metric, legend), values: line }
  })
}

const finite = (value: string) => (Number.isFinite(Number(value)) ? Number(value) : null)

const nameOf = (labels: Readonly<Record<string, string>>, legend: string) =>
  legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '').trim()

export const latest = ({ values }: Series): number | null => values.findLast((value) => value !== null) ?? null

/** Asks a Prometheus. */
export function createSource(url: string) {
  async function answer(path: string, query: Record<string, string>): Promise<Matrix[]> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`, { signal: AbortSignal.timeout(20_000) })
    const body = (await response.json()) as { status: string; error?: string; data: { result: Matrix[] } }
    if (body.status !== 'success') throw new Error(`Prometheus refuses "${query.query}": ${body.error}`)
    return body.data.result
  }
  return {
    over: (expr: string, { start, end, step }: Span) =>
      answer('query_range', { query: expr, start: String(start), end: String(end), step: String(step) }),
    /** At the end of the span only: for what looks back over all of it. */
    at: (expr: string, { end }: Span) => answer('query_range', { query: expr, start: String(end), end: String(end), step: '1' }),
  }
}
