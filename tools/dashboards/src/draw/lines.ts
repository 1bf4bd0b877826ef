import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { limitLines, lineColor } from './colors.ts'
import type { Series, Span } from './series.ts'
import { fitting, px, tag, widthOf, words } from './svg.ts'
import { shown, ticks } from './units.ts'

/** Where the title leaves room, in pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

interface Line {
  readonly name: string
  readonly color: string
  readonly top: readonly (number | null)[]
  /** What it stands on, where lines are stacked. */
  readonly foot?: readonly number[]
}

const LEFT = 46
const AXIS = 16
const LEGEND_ROW = 15
const MOST_ROWS = 3

/** Time series with axes, limits and a legend. */
export function drawLines(panel: Panel, series: readonly Series[], span: Span, box: Box): string {
  const lines = stackedOrNot(panel, series)
  const { svg: legend, rows } = drawLegend(lines, box)
  const plot = { x: box.x + LEFT, y: box.y, w: box.w - LEFT - 6, h: box.h - AXIS - rows * LEGEND_ROW }
  const { unit = 'short', decimals, custom } = panel.fieldConfig?.defaults ?? {}
  const marks = ticks(highest(panel, lines), unit, unit === 'short' && decimals === 0)
  const up = (value: number) => plot.y + plot.h * (1 - value / marks.at(-1)!)
  const along = (n: number, of: number) => plot.x + (plot.w * n) / Math.max(1, of - 1)
  const limits = limitLines(panel).filter(({ value }) => value <= marks.at(-1)!)
  return [
    ...marks.map((mark) => drawMark(shown(mark, unit), plot, up(mark))),
    ...timeMarks(span).map(({ text, part }) => words(text, { x: px(plot.x + plot.w * part), y: plot.y + plot.h + 12, class: 'axis mid' })),
    ...limits.map(({ value, color }) => dashed(plot, up(value), color)),
    ...lines.map((line) => drawLine(line, up, along, custom?.lineInterpolation === 'stepAfter')),
    legend,
  ].join('')
}

function stackedOrNot(panel: Panel, series: readonly Series[]): Line[] {
  const stacked = panel.fieldConfig?.defaults.custom?.stacking?.mode === 'normal'
  let foot: number[] = Array(series[0]?.values.length ?? 0).fill(0)
  return series.map(({ name, values }, n) => {
    const color = lineColor(panel, name, n)
    if (!stacked) return { name, color, top: values }
    const top = values.map((value, i) => (value ?? 0) + foot[i]!)
    const line = { name, color, top, foot }
    foot = top
    return line
  })
}

function highest({ fieldConfig }: Panel, lines: readonly Line[]): number {
  const most = Math.max(0, ...lines.flatMap(({ top }) => top.filter((value) => value !== null)))
  const fixed = fieldConfig?.defaults.max
  // An empty axis still needs a height.
  return fixed === undefined ? most || 1 : Math.min(fixed, most * 1.2 || fixed)
}

const drawMark = (text: string, plot: Box, y: number) =>
  tag('path', { d: `M${plot.x} ${px(y)}h${px(plot.w)}`, class: 'grid' }) + words(text, { x: plot.x - 5, y: px(y) + 3.5, class: 'axis end' })

const dashed = (plot: Box, y: number, color: string) =>
  tag('path', { d: `M${plot.x} ${px(y)}h${px(plot.w)}`, stroke: color, 'stroke-dasharray': '4 4', opacity: 0.7 })

/** Five times of day, the first and the last away from the edges. */
function timeMarks({ start, end }: Span) {
  const parts = [0.06, 0.28, 0.5, 0.72, 0.94]
  const clock = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 19)
  return parts.map((part) => ({ part, text: clock(start + (end - start) * part) }))
}

function drawLine({ color, top, foot }: Line, up: (value: number) => number, along: (n: number, of: number) => number, steps: boolean) {
  const point = (value: number, n: number) => [px(along(n, top.length)), px(up(value))] as const
  const joined = steps ? stepped : (points: readonly Point[]) => points
  const runs = unbroken(top).map((run) => joined(run.map(([value, n]) => point(value, n))))
  const stroke = tag('path', { d: runs.map((run) => path(thinned(run))).join(''), stroke: color, class: 'line' })
  if (!foot) return stroke
  const back = foot.map((value, n) => point(value, n)).reverse()
  const area = path([...thinned(runs[0] ?? []), ...thinned(back)])
  return tag('path', { d: `${area}z`, fill: color, opacity: 0.35 }) + stroke
}

/** Where there is no value the line breaks. */
function unbroken(values: readonly (number | null)[]): [number, number][][] {
  const runs: [number, number][][] = []
  values.forEach((value, n) => {
    if (value === null) return
    if (n === 0 || values[n - 1] === null) runs.push([])
    runs.at(-1)!.push([value, n])
  })
  return runs
}

type Point = readonly [number, number]

/** A value holds until the next one. */
const stepped = (points: readonly Point[]) =>
  points.flatMap((point, n): Point[] => (n === 0 ? [point] : [[point[0], points[n - 1]![1]], point]))

/** A point between two others of its height says nothing. */
const thinned = (points: readonly Point[]) =>
  points.filter(([, y], n) => n === 0 || n === points.length - 1 || points[n - 1]![1] !== y || points[n + 1]![1] !== y)

/** Steps from point to point are shorter to write than places. A lone point becomes a dot's width. */
function path(points: readonly Point[]): string {
  const steps = points.map(([x, y], n) => (n === 0 ? `M${x} ${y}` : `l${x - points[n - 1]![0]} ${y - points[n - 1]![1]}`))
  return points.length === 1 ? `${steps[0]}h1` : steps.join('')
}

function drawLegend(lines: readonly Line[], { x, y, w, h }: Box): { svg: string; rows: number } {
  const places: { line: Line; text: string; x: number; row: number }[] = []
  let at = 0
  let row = 0
  for (const line of lines) {
    const text = fitting(line.name, w - 30)
    const width = widthOf(text) + 26
    if (at > 0 && at + width > w) {
      at = 0
      row += 1
    }
    places.push({ line, text, x: x + at, row })
    at += width
  }
  const rows = Math.min(row + 1, MOST_ROWS)
  const base = y + h - rows * LEGEND_ROW + 11
  const seen = places.filter((place) => place.row < rows)
  const svg = seen.map(({ line, text, x, row }) => {
    const line_y = base + row * LEGEND_ROW
    return (
      tag('path', { d: `M${px(x)} ${line_y - 4}h12`, stroke: line.color, 'stroke-width': 3 }) +
      words(text, { x: px(x) + 16, y: line_y, class: 'legend' })
    )
  })
  const hidden = places.length - seen.length
  if (hidden > 0) svg.push(words(`+${hidden}`, { x: x + w - 4, y: base + (rows - 1) * LEGEND_ROW, class: 'legend end' }))
  return { svg: svg.join(''), rows }
}
