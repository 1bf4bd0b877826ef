import { type Child, html, useMemo, type VNode } from '../../html.ts'
import { dot } from '../../widgets/badge.ts'
import { icon } from '../../widgets/icon.ts'
import { duration } from '../../widgets/words.ts'
import { arrowsOf, instantsOf, type Mark, type TimeRow } from './rows.ts'
import { type Scale, scaleOf } from './scale.ts'

export interface WaterfallProps {
  readonly rows: readonly TimeRow[]
  readonly chosen: string | null
  readonly onChoose: (key: string | null) => void
}

const titles = { event: 'Events', effect: 'Effects', mail: 'Mails' } as const
const percent = (x: number) => `${(x * 100).toFixed(2)}%`

/** What happened, from left to right; causes above what they caused. */
export function Waterfall({ rows, chosen, onChoose }: WaterfallProps): VNode {
  const scale = useMemo(() => scaleOf(instantsOf(rows)), [rows])
  const kinds = (['event', 'effect', 'mail'] as const).map((kind) => [kind, rows.filter((row) => row.kind === kind)] as const)
  return html`<div class="waterfall card">
    <div class="axis" aria-hidden="true"><span>since placing</span><div>${ticks(scale)}</div><span class="taken">taken by</span></div>
    ${kinds.map(
      ([kind, of]) =>
        of.length > 0 &&
        html`<section key=${kind} aria-label=${titles[kind]}>
          ${kind !== 'event' && html`<h3>${titles[kind]}</h3>`}
          <div class="lines">
            ${backdrop(of, scale)}
            <ul>${of.map((row) => line(row, scale, row.key === chosen, onChoose))}</ul>
          </div>
        </section>`,
    )}
  </div>`
}

const ticks = ({ ticks: all, gaps }: Scale): Child => [
  ...all.map(({ ms, x, label }) => html`<i key=${ms} class=${x > 0.92 ? 'end' : ''} style=${`left: ${percent(x)}`}>${label}</i>`),
  ...gaps.map(
    ({ from, x, width, label }) =>
      label &&
      html`<em key=${`gap ${from}`} style=${`left: ${percent(x + width / 2)}`} title="nothing happened so long: cut short">${label}</em>`,
  ),
]

/** Behind the lines: ticks, times cut short, and the arrows of causation. */
function backdrop(rows: readonly TimeRow[], scale: Scale): VNode {
  return html`<div class="backdrop" aria-hidden="true"><div>
    ${scale.ticks.map(({ ms, x }) => html`<i key=${ms} style=${`left: ${percent(x)}`}></i>`)}
    ${scale.gaps.map(({ from, x, width }) => html`<em key=${from} style=${`left: ${percent(x)}; width: ${percent(width)}`}></em>`)}
    <svg viewBox=${`0 0 100 ${rows.length}`} preserveAspectRatio="none">
      ${arrowsOf(rows, scale.x).map(({ key, path }) => html`<path key=${key} d=${path} />`)}
    </svg>
  </div></div>`
}

function line(row: TimeRow, scale: Scale, chosen: boolean, onChoose: WaterfallProps['onChoose']): VNode {
  const { key, kind, label, who, where, depth, ms, note } = row
  return html`<li key=${key}>
    <button type="button" class="line" data-row aria-expanded=${chosen} onClick=${() => onChoose(chosen ? null : key)}>
      <span class="label" style=${`--depth: ${depth}`}>
        ${depth > 0 ? html`<span class="branch"></span>` : kind === 'event' ? null : icon(kind)}
        <span class="name cut"><b>${label}</b> <span class="soft">${kind === 'event' ? (note ?? where) : kind === 'mail' ? note : `${who} · ${note}`}</span></span>
        <span class="unseen">${kind === 'event' ? `of ${who}` : ''} ${ms === null ? '' : `after ${duration(ms)}`}</span>
      </span>
      <span class="chart">${bar(row, scale)}</span>
      <span class="taken">${row.marks.map(taker)}</span>
    </button>
  </li>`
}

function bar({ kind, ms, since, tone, marks }: TimeRow, { x }: Scale): Child {
  // Of an event without a time it is the order's beginning that is not known.
  if (ms === null && since === null) return html`<span class="pending">${kind === 'event' ? 'when is not known' : 'not yet'}</span>`
  if (ms === null) return html`<span class=${`bar open ${tone}`} style=${`left: ${percent(x(since!))}`}></span>`
  const ends = marks.flatMap((mark) => (mark.ms === null ? [] : [mark.ms]))
  const until = Math.max(ms, ...ends)
  const from = since ?? ms
  return [
    html`<span class=${`bar ${since === null ? 'handled' : tone}`} style=${`left: ${percent(x(from))}; width: ${percent(x(until) - x(from))}`}></span>`,
    ...marks.map(
      (mark) =>
        mark.ms !== null && html`<span key=${mark.service} class=${`tick ${mark.tone}`} style=${`left: ${percent(x(mark.ms))}`}></span>`,
    ),
    html`<span class=${`point ${tone}`} style=${`left: ${percent(x(ms))}`}></span>`,
  ]
}

/** A consumer by its first letter; the details and the label say the rest. */
const taker = ({ service, how, ms, tone }: Mark): VNode =>
  html`<span key=${service} class=${`taker ${tone}`} title=${`${service}: ${how}${ms === null ? '' : ` after ${duration(ms)}`}`}><span aria-hidden="true">${service.slice(0, 1)}</span><span class="unseen">${service} ${how}, </span></span>`

export const legend = (): VNode => html`<p class="legend soft">
  <span>${dot('info')}emitted</span><span><span class="tick good"></span>handled</span>
  <span><span class="taker good">p</span>taken by payments</span><span><span class="taker info">p</span>not yet</span>
  <span><span class="taker warn">p</span>waits behind a dead letter</span><span><span class="taker bad">p</span>dead letter</span>
  <span><span class="taker quiet">p</span>discarded, or not known</span><span><span class="cut-short">2 s</span>a time without events, cut short</span>
</p>`
