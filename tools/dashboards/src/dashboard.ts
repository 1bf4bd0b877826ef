import {
  type Dashboard,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { type AnyPanel, prometheus } from './panels.ts'

export interface Page {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly choices?: readonly Choice[]
  readonly rows: readonly Row[]
}

/** A variable that narrows the page: none chosen is all. */
export interface Choice {
  readonly name: string
  readonly label: string
  readonly values: string
}

export interface Row {
  readonly title: string
  readonly height: number
  readonly panels: readonly AnyPanel[]
}

const TAG = 'quadrille'

export function dashboard({ uid, title, description, choices = [], rows }: Page): Dashboard {
  const builder = new DashboardBuilder(title).uid(uid).description(description).tags([TAG]).timezone('browser').readonly()
  builder.refresh('5s').time({ from: 'now-15m', to: 'now' })
  builder.link(new DashboardLinkBuilder('Quadrille').type(DashboardLinkType.Dashboards).tags([TAG]).keepTime(true))
  for (const choice of choices) builder.withVariable(variable(choice))
  for (const { title, height, panels } of rows) {
    builder.withRow(new RowBuilder(title))
    for (const panel of panels) builder.withPanel(panel.height(height))
  }
  const built = builder.build()
  // Without a placement the links stand above the panels; the SDK's only other choice hides them in a menu.
  const links = built.links?.map(({ placement: _, ...link }) => link)
  return { ...built, links, panels: built.panels?.map((panel, n) => ({ ...panel, id: n + 1 })) }
}

const variable = ({ name, label, values }: Choice) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheus)
    .query({ query: values, refId: 'Variable' })
    .definition(values)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: 'All', value: '$__all' })
