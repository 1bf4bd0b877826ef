import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { dashboards, directory, fileOf } from '../src/files.ts'
import { matchersOf, metricsOf } from '../src/metrics.ts'
import { panelsOf, provisioned, queries, targetsOf } from '../src/queries.ts'

const root = resolve(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const each = dashboards.map((dashboard) => [dashboard.title!, dashboard] as const)

const quotedIn = (page: string) => [...read(page).matchAll(/`(\w+)`/g)].map(([, word]) => word!)
const statuses = [...read('services/orders/src/view.ts').matchAll(/'(\w+)'/g)].map(([, word]) => word!)

/** Every cell of the 24-column grid that a panel takes. */
const cells = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) =>
  Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`)

describe('the dashboards', () => {
  it('are provisioned as the code makes them', () => {
    const made = dashboards.map((dashboard) => [fileOf(dashboard), JSON.parse(JSON.stringify(dashboard))])
    const kept = made.map(([file]) => [file, JSON.parse(readFileSync(join(directory, file), 'utf8'))])
    expect(kept).toEqual(made)
    expect(provisioned()).toHaveLength(dashboards.length)
  })

  it.each(each)('%s: every panel has an id and a place of its own', (_, { panels = [] }) => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const taken = panels.flatMap(({ gridPos }) => cells(gridPos!))
    expect(new Set(taken).size).toBe(taken.length)
    for (const { gridPos } of panels) expect(gridPos!.x + gridPos!.w).toBeLessThanOrEqual(24)
  })

  it.each(each)('%s: every panel says what it shows and what to do, in a title of its own', (_, dashboard) => {
    const panels = panelsOf(dashboard)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    for (const panel of panels) {
      expect(panel.description).toMatch(/^[A-Z].{15,}\.\n\n\*\*If it looks wrong:\*\* .{10,}/)
      expect(panel.fieldConfig?.defaults.unit).toBeTruthy()
      expect(targetsOf(panel)).not.toHaveLength(0)
    }
  })

  it('ask the data source that is provisioned', () => {
    const provisioning = read('infra/grafana/provisioning/datasources/prometheus.yml')
    const asked = dashboards.flatMap((dashboard) => [
      ...panelsOf(dashboard).map(({ datasource }) => datasource),
      ...(dashboard.templating.list ?? []).map(({ datasource }) => datasource),
    ])
    for (const source of asked) {
      expect(source?.type).toBe('prometheus')
      expect(provisioning).toMatch(new RegExp(`uid: ${source?.uid}\\b`))
    }
  })

  it('name only runbooks that exist', () => {
    const pages = dashboards.flatMap((dashboard) => JSON.stringify(dashboard).match(/docs\/runbooks\/[a-z-]+\.md/g) ?? [])
    expect(new Set(pages).size).toBeGreaterThan(5)
    expect([...new Set(pages)].filter((page) => !existsSync(join(root, page)))).toEqual([])
  })
})

describe('the queries of the dashboards', () => {
  it('are complete: nothing is left for Grafana to fill in', () => {
    const all = queries()
    expect(all.length).toBeGreaterThan(70)
    for (const { expr } of all) expect(expr).not.toMatch(/\$(?!1")/)
  })

  it('have the windows that are asked for', () => {
    const [query] = queries({ rateInterval: '7s', range: '3m' }).filter(({ panel }) => panel === 'POST to dispatched')
    expect(query?.expr).toContain('[7s]')
    expect(queries({ rateInterval: '7s', range: '3m' }).some(({ expr }) => expr.includes('[3m]'))).toBe(true)
  })

  it('read only metrics that the services document, or the console tells', () => {
    const documented = [...read('docs/telemetry.md').matchAll(/^\| `(\w+)`(?: †)? \| (\w+)/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name!],
    )
    const ofConsole = [...read('apps/console/src/metrics.ts').matchAll(/gauge\(\s*'(\w+)'/g)].map(([, name]) => name!)
    const known = new Set(['up', ...documented, ...ofConsole])
    expect(
      queries().flatMap(({ panel, expr }) => metricsOf(expr).flatMap((name) => (known.has(name) ? [] : [`${panel}: ${name}`]))),
    ).toEqual([])
  })

  // A panel that answers 0 where nothing matches would hide a misspelt label for ever.
  it('ask only labels that their metric has, and values that exist', () => {
    const rows = [...read('docs/telemetry.md').matchAll(/^\| `(\w+)`(?: †)? \| (?:counter|gauge|histogram) \| ([^|]*)\|/gm)]
    const labels = new Map(rows.map(([, name, cell]) => [name!, [...cell!.matchAll(/`(\w+)`/g)].map(([, label]) => label!)]))
    const ofPrometheus = ['service', 'instance', 'job', 'consumergroup', 'topic', 'partition', 'le']
    const values = new Set([
      'services',
      'orders',
      'POST',
      '/orders',
      'send',
      ...quotedIn('README.md'),
      ...statuses,
      ...quotedIn('docs/telemetry.md'),
    ])
    const wrong = queries()
      .flatMap(({ panel, expr }) => matchersOf(expr).map((matcher) => ({ panel, ...matcher })))
      .filter(({ metric, label, operator, value }) => {
        const known = [...ofPrometheus, ...(labels.get(metric.replace(/_(bucket|sum|count)$/, '')) ?? labels.get(metric) ?? [])]
        return !known.includes(label) || (operator === '=' && !values.has(value))
      })
    expect(wrong).toEqual([])
  })

  it('tell the metrics they read', () => {
    expect(metricsOf('sum by (a_b) (rate(x_total{le="y_z"}[1m])) / on (c_d) group_left() (m_1 > bool 5) or vector(0)')).toEqual([
      'x_total',
      'm_1',
    ])
  })
})
