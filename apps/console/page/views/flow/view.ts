import type { FlowMap, OrderPage, OrderRow, OrderStatus, Pulse } from '../../../src/api-types.ts'
import { type Child, html, part, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useNow } from '../../store/now.ts'
import { useLive, usePulse } from '../../store/stream.ts'
import { dot, statusBadge, toneOf } from '../../widgets/badge.ts'
import { icon } from '../../widgets/icon.ts'
import { spark } from '../../widgets/spark.ts'
import { failed, loading, nothing } from '../../widgets/state.ts'
import { age, inWords, money, number, rate } from '../../widgets/words.ts'
import { totalOf } from './lanes.ts'
import { newestOf } from './latest.ts'
import { Floor } from './map.ts'
import { troublesOf } from './troubles.ts'

/** Everything at a glance: what flows, who dances, and what needs somebody. */
export function FlowView(): VNode {
  const { data, error, again } = useLoad('map', (signal) => ask<FlowMap>('/api/map', { signal }))
  return html`<div class="view flow">
    <header class="head">
      <h1>Flow</h1><span class="what">what happens right now, between five services that only share topics</span>
      <div class="does"><a class="button primary" href=${hrefOf('place')}>${icon('place')}Place an order</a></div>
    </header>
    ${part(Figures, {})}
    ${error !== undefined && !data && failed('The map could not be read', error, again)}
    ${data ? part(Floor, { map: data }) : error === undefined && loading(8)}
    <div class="below">${part(Troubles, {})}${part(Latest, {})}</div>
  </div>`
}

const STATUSES: readonly OrderStatus[] = ['placed', 'paid', 'dispatched', 'payment_failed', 'out_of_stock', 'cancelled']

function Figures(): VNode {
  const pulse = usePulse()
  const pulses = useLive((now) => now.pulses)
  const counts = pulse?.counts
  return html`<section class="figures card" aria-label="Orders by status">
    <div class="figure">
      <span class="soft">Events</span><b>${pulse ? rate(totalOf(pulse.rates)) : '–'}</b>${spark(pulses.map(({ rates }) => totalOf(rates)))}
    </div>
    ${STATUSES.map(
      (status) => html`<a key=${status} class="figure" href=${hrefOf('orders', null, { status })}>
        <span class="soft cut">${dot(toneOf(status))}${inWords(status)}</span><b>${counts ? number(counts[status]) : '–'}</b>
      </a>`,
    )}
    ${stuckFigure(pulse)}
  </section>`
}

const stuckFigure = (pulse: Pulse | null): VNode =>
  html`<a class=${`figure ${pulse?.stuck ? 'bad' : ''}`} href=${hrefOf('orders', null, { status: 'stuck' })}>
    <span class="soft cut">${dot(pulse?.stuck ? 'bad' : 'quiet')}stuck</span><b>${pulse ? number(pulse.stuck ?? 0) : '–'}</b>
  </a>`

function Troubles(): VNode {
  const pulse = usePulse()
  const troubles = pulse ? troublesOf(pulse) : []
  const all: Child = troubles.map(
    ({ key, tone, text, view, of, query }) =>
      html`<li key=${key}><a class="trouble" data-row href=${hrefOf(view, of, query)}>${dot(tone)}<span>${text}</span>${icon('next')}</a></li>`,
  )
  const none = pulse
    ? nothing('done', 'Nothing needs you', 'Stuck orders, dead letters, pauses and whoever falls behind are told here.')
    : loading(3)
  return html`<section class="card" aria-labelledby="needs">
    <h2 id="needs">Needs somebody</h2>
    ${troubles.length > 0 ? html`<ul class="troubles" aria-live="polite">${all}</ul>` : none}
  </section>`
}

const LATEST = 8

function Latest(): VNode {
  const { data, error, again } = useLoad('latest', (signal) => ask<OrderPage>(`/api/orders?limit=${LATEST}`, { signal }))
  const changed = useLive((state) => state.changed)
  const now = useNow()
  const rows = newestOf(data?.rows ?? [], changed, LATEST)
  const row = ({ orderId, short, status, total, currency, placedAt, stuck }: OrderRow) => html`<li key=${orderId}>
    <a class="late" data-row href=${hrefOf('orders', orderId)}>
      <span class="mono">${short}</span>${stuck ? html`<span class="badge bad">${dot('bad')}stuck</span>` : statusBadge(status)}
      <span class="number">${money(total, currency)}</span><span class="soft number">${age(placedAt, now)}</span>
    </a></li>`
  const place = html`<a href=${hrefOf('place')}>Place the first one</a>`
  return html`<section class="card" aria-labelledby="latest">
    <h2 id="latest">Latest orders<a class="all" href=${hrefOf('orders')}>All</a></h2>
    ${error !== undefined && rows.length === 0 && failed('The orders could not be read', error, again)}
    ${rows.length > 0 ? html`<ul class="latest">${rows.map(row)}</ul>` : data ? nothing('orders', 'No orders yet', place) : error === undefined && loading(LATEST)}
  </section>`
}
