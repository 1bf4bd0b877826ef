import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dashboard, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus'
import { directory } from './files.ts'

export interface PanelQuery {
  readonly dashboard: string
  readonly panel: string
  /** PromQL as Grafana would send it with nothing chosen. */
  readonly expr: string
}

/** What Grafana puts in place of its own variables. */
export interface Windows {
  readonly rateInterval: string
  readonly range: string
}

/** Every query of every provisioned dashboard, its variables' included. */
export function queries(windows: Windows = { rateInterval: '1m', range: '15m' }): PanelQuery[] {
  return provisioned().flatMap((dashboard) => [
    ...(dashboard.templating.list ?? []).map((variable) => variableQuery(dashboard, variable, windows)),
    ...panelsOf(dashboard).flatMap((panel) =>
      targetsOf(panel).map(({ expr }) => ({ dashboard: dashboard.title!, panel: panel.title!, expr: filled(expr, windows) })),
    ),
  ])
}

export const provisioned = (): Dashboard[] =>
  readdirSync(directory)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')))

export const panelsOf = ({ panels = [] }: Dashboard) => panels.filter((panel): panel is Panel => panel.type !== 'row')

export const targetsOf = ({ targets = [] }: Panel) => targets as Required<Dataquery>[]

/** All values of a variable at once: `.+` is its "All". */
export const filled = (expr: string, { rateInterval, range }: Windows) =>
  expr
    .replaceAll('$__rate_interval', rateInterval)
    .replaceAll('$__range', range)
    .replace(/\$(service|group)\b/g, '.+')

/** `label_values(series, label)` is Grafana's own: the values exist where the series do. */
function variableQuery({ title }: Dashboard, { name, query }: VariableModel, windows: Windows): PanelQuery {
  const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec((query as { query: string }).query)!
  return { dashboard: title!, panel: `choice of ${name}`, expr: filled(`count by (${label}) (${series})`, windows) }
}
