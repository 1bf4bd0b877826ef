import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { filled, panelsOf, provisioned, targetsOf } from '../queries.ts'
import { help, Misuse, readArguments } from './arguments.ts'
import { drawPage } from './page.ts'
import { createSource, type Series, seriesOf, spanOf } from './series.ts'

const values = asked(process.argv.slice(2))
const { minutes } = values
const span = spanOf(values.until, minutes)
const windows = { rateInterval: `${Math.max(20, 4 * span.step)}s`, range: `${minutes}m` }
const source = createSource(values.prometheus)
const out = resolve(import.meta.dirname, '../../../..', values.out)

function asked(args: readonly string[]) {
  try {
    const read = readArguments(args)
    if (read !== 'help') return read
    console.log(help)
    process.exit(0)
  } catch (error) {
    if (!(error instanceof Misuse)) throw error
    console.error(error.message)
    process.exit(2)
  }
}

async function answersOf(dashboard: Dashboard): Promise<Map<number, Series[]>> {
  const panels = panelsOf(dashboard).map(async (panel) => [panel.id!, await answerOf(panel)] as const)
  return new Map(await Promise.all(panels))
}

async function answerOf(panel: Panel): Promise<Series[]> {
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
