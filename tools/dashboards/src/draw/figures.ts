import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { mapped, stateColor } from './colors.ts'
import type { Box } from './lines.ts'
import { latest, type Series } from './series.ts'
import { fitting, px, tag, words } from './svg.ts'
import { shown } from './units.ts'

const textOf = (panel: Panel, value: number) => {
  const { unit = 'short', decimals } = panel.fieldConfig?.defaults ?? {}
  return mapped(panel, value)?.text ?? shown(value, unit, decimals)
}

/** One large value, or several side by side with their names. */
export function drawFigures(panel: Panel, series: readonly Series[], box: Box): string {
  const w = box.w / Math.max(1, series.length)
  return series.map((one, n) => drawFigure(panel, one, { ...box, x: box.x + n * w, w }, series.length > 1)).join('')
}

function drawFigure(panel: Panel, series: Series, { x, y, w, h }: Box, named: boolean): string {
  const value = latest(series)
  const color = value === null ? '#7a869a' : stateColor(panel, value)
  const text = value === null ? '–' : textOf(panel, value)
  const size = Math.min(h * 0.45, (w * 1.3) / Math.max(4, text.length))
  const middle = px(x + w / 2)
  const name = named ? words(fitting(series.name, w - 8), { x: middle, y: px(y + h - 8), class: 'legend mid' }) : ''
  return (
    tag('rect', { x: px(x + 3), y: px(y), width: px(w - 6), height: px(h - 2), rx: 4, fill: color, opacity: 0.16 }) +
    words(text, {
      x: middle,
      y: px(y + h / 2 + size * (named ? 0.15 : 0.35)),
      style: `font-size:${px(size)}px`,
      fill: color,
      class: 'figure mid',
    }) +
    name
  )
}

const NAME = 170
const ROW = 18

/** A bar for each, the longest as wide as the room. */
export function drawBars(panel: Panel, series: readonly Series[], { x, y, w, h }: Box): string {
  const most = Math.max(...series.map((one) => latest(one) ?? 0), Number.MIN_VALUE)
  const seen = series.slice(0, Math.floor(h / ROW))
  return seen
    .map((one, n) => {
      const value = latest(one) ?? 0
      const top = y + n * ROW
      const room = w - NAME - 70
      const color = stateColor(panel, value)
      return (
        words(fitting(one.name, NAME - 6), { x: x + NAME - 6, y: px(top + 12), class: 'legend end' }) +
        tag('rect', { x: x + NAME, y: top + 2, width: px(room), height: 12, rx: 2, class: 'track' }) +
        tag('rect', { x: x + NAME, y: top + 2, width: px(Math.max(2, (room * value) / most)), height: 12, rx: 2, fill: color }) +
        words(textOf(panel, value), { x: px(x + NAME + room + 6), y: px(top + 12), class: 'legend' })
      )
    })
    .join('')
}
