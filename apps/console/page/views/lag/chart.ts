import uPlot from 'uplot'
import type { LagHistory } from '../../../src/api-types.ts'
import { html, useEffect, useLayoutEffect, useRef, type VNode } from '../../html.ts'
import { duration, number } from '../../widgets/words.ts'
import { chartOf, type Measure, spoken } from './chart-data.ts'

export interface ChartProps {
  readonly title: string
  readonly unit: string
  readonly measure: Measure
  readonly history: LagHistory
  /** Null: a line for each group. */
  readonly group: string | null
}

const HEIGHT = 180

/** Lines over the last quarter of an hour, drawn anew only where the lines themselves became others. */
export function Chart({ title, unit, measure, history, group }: ChartProps): VNode {
  const at = useRef<HTMLDivElement>(null)
  const drawn = useRef<uPlot | null>(null)
  const chart = chartOf(history, measure, group)
  const names = chart.names.join()
  useLayoutEffect(() => {
    const place = at.current!
    drawn.current = new uPlot(optionsOf(chart.names, unit, place.clientWidth), chart.data as uPlot.AlignedData, place)
    const resized = new ResizeObserver(() => drawn.current?.setSize({ width: place.clientWidth, height: HEIGHT }))
    resized.observe(place)
    return () => {
      resized.disconnect()
      drawn.current?.destroy()
    }
  }, [names])
  useEffect(() => {
    drawn.current?.setData(chart.data as uPlot.AlignedData)
    if (drawn.current) sayLast(drawn.current)
  }, [history, names])
  return html`<figure class="card lag-chart">
    <figcaption><h2>${title}</h2><span class="soft">${group ?? 'all groups'}, 15 minutes</span></figcaption>
    <div class="lines" ref=${at} aria-hidden="true"></div>
    ${swatches}
    <p class="unseen">${spoken(chart, unit)}</p>
  </figure>`
}

/** While nobody points at an instant, the legend tells the last one. */
function sayLast(plot: uPlot): void {
  const last = plot.data[0].length - 1
  if (plot.cursor.idx == null && last >= 0) plot.setLegend({ idx: last })
}

const LINES = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5']
const COLOURS = [...LINES, '--line', '--ink-3']

/** A canvas knows no variables: what they are now is read from these, each time it is drawn. */
const swatches: VNode = html`<span class="unseen">${COLOURS.map((name) => html`<i data-colour=${name} style=${`color: var(${name})`}></i>`)}</span>`

const colourOf = (name: string) => () => getComputedStyle(document.querySelector(`.lag [data-colour="${name}"]`) ?? document.body).color
const grid = { stroke: colourOf('--line'), width: 1 }
const axis = { stroke: colourOf('--ink-3'), grid, ticks: { show: false }, font: '11px system-ui, sans-serif' }

const figureIn = (unit: string) => (_plot: uPlot, figure: number | null) =>
  figure === null ? '–' : unit === 'seconds' ? duration(figure * 1000) : number(figure)

function optionsOf(names: readonly string[], unit: string, width: number): uPlot.Options {
  const lines = names.map((label, at) => ({
    label,
    stroke: colourOf(LINES[at % LINES.length]!),
    width: 1.5,
    points: { show: false },
    value: figureIn(unit),
  }))
  return {
    ...{ width: Math.max(width, 200), height: HEIGHT, padding: [12, 22, 0, 0] },
    cursor: { points: { size: 6 }, y: false },
    legend: { live: true },
    hooks: { setCursor: [sayLast] },
    // Nothing behind is a line at the bottom, not in the middle.
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(unit === 'seconds' ? 5 : 10, (high ?? 0) * 1.1)] } },
    axes: [
      { ...axis, size: 30, values: times },
      { ...axis, size: 46 },
    ],
    series: [{ value: (_plot, seconds) => (seconds === null ? '' : timeOf(seconds)) }, ...lines],
  }
}

/** With seconds only where minutes would repeat. */
const times = (_plot: uPlot, at: number[]) => at.map((seconds) => timeOf(seconds).slice(0, at[1]! - at[0]! < 60 ? 8 : 5))
const timeOf = (seconds: number) => new Date(seconds * 1000).toTimeString().slice(0, 8)
