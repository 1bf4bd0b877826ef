import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { drawBars, drawFigures } from './figures.ts'
import { type Box, drawLines } from './lines.ts'
import type { Series, Span } from './series.ts'
import { fitting, tag, words } from './svg.ts'

const COLUMN = 50
const UNIT = 27
const HEAD = 64
const FOOT = 12
const GAP = 4
const TITLE = 28

export const LABEL = 'drawn from Prometheus by pnpm dashboards:draw, not a Grafana screenshot'

// Whoever looks has chosen light or dark already.
const style = `
text{font:11px system-ui,-apple-system,"Segoe UI",sans-serif}
.page{fill:#f4f5f7}.panel{fill:#fff;stroke:#dcdfe4}.track{fill:#ebedf0}.grid{stroke:#e4e7eb}
.h1{font-size:20px;font-weight:600;fill:#1d2433}.h2{font-size:13px;font-weight:600;fill:#1d2433}.title{font-weight:600;fill:#30384a}
.axis,.note{fill:#66708a}.axis{font-size:10px}.legend{fill:#414b61}.figure{font-weight:600}
.line{fill:none;stroke-width:1.5;stroke-linejoin:round}.mid{text-anchor:middle}.end{text-anchor:end}
@media(prefers-color-scheme:dark){.page{fill:#111318}.panel{fill:#1a1d24;stroke:#2c313b}.track{fill:#2a2f39}.grid{stroke:#2a2f39}
.h1,.h2{fill:#eef0f4}.title{fill:#d8dce4}.axis,.note{fill:#98a1b3}.legend{fill:#c3cad7}}
`

/** What Prometheus answered to a panel's queries. */
export type Answers = ReadonlyMap<number, readonly Series[]>

/** A dashboard as one picture, laid out as its panels are. */
export function drawPage(dashboard: Dashboard, answers: Answers, span: Span): string {
  const panels = dashboard.panels ?? []
  const units = Math.max(0, ...panels.map(({ gridPos }) => gridPos!.y + gridPos!.h))
  const [width, height] = [24 * COLUMN + 2 * GAP, HEAD + units * UNIT + FOOT]
  return tag(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${dashboard.title}, ${LABEL}` },
    tag('style', {}, style),
    tag('rect', { width, height, class: 'page' }),
    drawHead(dashboard, span, width),
    ...panels.map((panel) => (panel.type === 'row' ? drawRow(panel as RowPanel) : drawPanel(panel as Panel, answers, span))),
  )
}

function drawHead({ title, description }: Dashboard, { start, end }: Span, width: number): string {
  const until = new Date(end * 1000).toISOString().slice(0, 16).replace('T', ' ')
  return [
    words(`Quadrille · ${title}`, { x: 12, y: 28, class: 'h1' }),
    words(description ?? '', { x: 12, y: 48, class: 'note' }),
    words(`${Math.round((end - start) / 60)} minutes until ${until} UTC`, { x: width - 12, y: 28, class: 'note end' }),
    words(LABEL, { x: width - 12, y: 48, class: 'note end' }),
  ].join('')
}

const drawRow = ({ title, gridPos }: RowPanel) => words(title ?? '', { x: 12, y: HEAD + gridPos!.y * UNIT + 18, class: 'h2' })

function drawPanel(panel: Panel, answers: Answers, span: Span): string {
  const grid = panel.gridPos!
  const [x, y, w, h] = [GAP + grid.x * COLUMN + 2, HEAD + grid.y * UNIT + 2, grid.w * COLUMN - 4, grid.h * UNIT - 4]
  const box = { x: x + 8, y: y + TITLE, w: w - 16, h: h - TITLE - 6 }
  const series = answers.get(panel.id!) ?? []
  return tag(
    'g',
    {},
    tag('rect', { x, y, width: w, height: h, rx: 4, class: 'panel' }),
    words(fitting(panel.title ?? '', w - 20), { x: x + 9, y: y + 16, class: 'title' }),
    series.length === 0 ? words('no data', { x: x + w / 2, y: y + h / 2, class: 'note mid' }) : drawn(panel, series, span, box),
  )
}

function drawn(panel: Panel, series: readonly Series[], span: Span, box: Box): string {
  switch (panel.type) {
    case 'stat':
      return drawFigures(panel, series, box)
    case 'bargauge':
      return drawBars(panel, series, box)
    default:
      return drawLines(panel, series, span, box)
  }
}
