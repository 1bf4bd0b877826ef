import { PanelBuilder as BarsBuilder } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as FigureBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

/** The provisioned data source. */
export const prometheus = { type: 'prometheus', uid: 'prometheus' }

export type AnyPanel = LinesBuilder | FigureBuilder | BarsBuilder

/** `[PromQL, legend]`. */
export type Query = readonly [expr: string, legend: string]

export interface Panel {
  readonly title: string
  readonly shows: string
  /** What to do when it looks wrong. */
  readonly wrong: string
  /** A page of docs/runbooks. */
  readonly runbook?: string
  readonly unit: string
  /** Of the 24 columns. */
  readonly width: number
  readonly queries: readonly Query[]
  readonly decimals?: number
  readonly max?: number
  /** From which value on it is yellow, and red. */
  readonly limits?: Limits
  readonly mappings?: ValueMapping[]
  /** Legends that always have the same colour. */
  readonly colors?: Readonly<Record<string, string>>
}

export interface Limits {
  readonly yellow?: number
  readonly red?: number
  /** The other way round: below is bad. */
  readonly least?: number
}

interface Lines extends Panel {
  readonly stacked?: boolean
  readonly steps?: boolean
  /** A table with the latest and the greatest value, for many lines. */
  readonly table?: boolean
}

/** Values over time. */
export function lines({ stacked = false, steps = false, table = false, ...panel }: Lines): LinesBuilder {
  const builder = described(new LinesBuilder(), panel)
    .min(0)
    .legend(legend(table))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .showPoints(VisibilityMode.Never)
    .fillOpacity(stacked ? 40 : 8)
    .lineInterpolation(steps ? LineInterpolation.StepAfter : LineInterpolation.Linear)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
  if (stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  if (panel.limits) builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  return builder
}

/** One value, large, in the colour of its limits. */
export function figure(panel: Panel): FigureBuilder {
  return described(new FigureBuilder(), panel)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(panel.limits || panel.mappings ? BigValueColorMode.Background : BigValueColorMode.Value)
    .graphMode(overRange(panel) || panel.mappings ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
}

/** One bar for each, as it is now. */
export function bars(panel: Panel): BarsBuilder {
  return described(new BarsBuilder(), panel)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .orientation(VizOrientation.Horizontal)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
}

function described<Builder extends AnyPanel>(builder: Builder, panel: Panel): Builder {
  const { title, shows, wrong, runbook, unit, width, queries, decimals, max, limits = {}, mappings, colors = {} } = panel
  const page = runbook ? `\n\nRunbook: docs/runbooks/${runbook}.md` : ''
  builder.title(title).description(`${shows}\n\n**If it looks wrong:** ${wrong}${page}`).datasource(prometheus)
  builder.unit(unit).span(width).thresholds(thresholds(limits))
  if (decimals !== undefined) builder.decimals(decimals)
  if (max !== undefined) builder.max(max)
  if (mappings) builder.mappings(mappings)
  for (const [name, color] of Object.entries(colors))
    builder.overrideByName(name, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } }])
  const once = builder instanceof FigureBuilder && overRange(panel)
  for (const [n, query] of queries.entries()) builder.withTarget(target(query, 'ABCDEFGH'[n]!, once))
  return builder
}

/** What looks back over all of the time shown needs to be asked only at its end. */
const overRange = ({ queries }: Panel) => queries.some(([expr]) => expr.includes('$__range'))

function target([expr, legend]: Query, refId: string, once: boolean): DataqueryBuilder {
  const query = new DataqueryBuilder().refId(refId).datasource(prometheus).expr(expr).legendFormat(legend)
  return once ? query.instant() : query.range()
}

function thresholds({ yellow, red, least }: Limits): ThresholdsConfigBuilder {
  const above = [yellow !== undefined && { value: yellow, color: 'yellow' }, red !== undefined && { value: red, color: 'red' }]
  const steps: (Threshold | false)[] =
    least !== undefined
      ? [
          { value: null, color: 'red' },
          { value: least, color: 'green' },
        ]
      : [{ value: null, color: 'green' }, ...above]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps.filter((step) => step !== false))
}

function legend(table: boolean): VizLegendOptionsBuilder {
  const shown = new VizLegendOptionsBuilder().showLegend(true).placement(LegendPlacement.Bottom)
  if (!table) return shown.displayMode(LegendDisplayMode.List)
  return shown
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Right)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Last *')
    .sortDesc(true)
}
