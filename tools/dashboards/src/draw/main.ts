import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { filled, panelsOf, provisioned, targetsOf } from '../queries.ts'
import { drawPage } from './page.ts'
import { createSource, type Series, type Source, type Span, seriesOf, spanOf } from './series.ts'

const { values } = parseArgs({
  options: {
    prometheus: { type: 'string', default: 'http://localhost:9090' },
    minutes: { type: 'string', default: '15' },
    until: { type: 'string', default: new Date().toISOString() },
    out: { type: 'string', default: 'docs/pictures' },
  },
})

const minutes = Number(values.minutes)
const span = spanOf(Math.floor(Date.parse(values.until) / 1000), minutes)
const windows = { rateInterval: `${Math.max(20, 4 * span.step)}s`, range: `${minutes}m` }
const source = createSource(values.prometheus)
const out = resolve(import.meta.dirname, '../../../..', values.out)

async function answersOf(dashboard: Dashboard): Promise<Map<number, Series[]>> {
  const panels = panelsOf(dashboard).map(async (panel) => [panel.id!, await answerOf(panel, source, span)] as const)
  return new Map(await Promise.all(panels))
}

async function answerOf(panel: Panel, source: Source, span: Span): Promise<Series[]> {
  const lines = targetsOf(panel).map(async ({ expr, instant, legendFormat }) => {
    const query = filled(expr, windows)
    return seriesOf(await (instant ? source.at(query, span) : source.over(query, span)), legendFormat, span)
  })
  return (await Promise.all(lines)).flat()
}

mkdirSync(out, { recursive: true })
for (const dashboard of provisioned()) {
  const file = join(out, `${dashboard.uid}.svg`)
  writeFileSync(file, `${drawPage(dashboard, await answersOf(dashboard), span)}\n`)
  console.log(file)
}
