import type { OrderDetails, OrderPage } from '../../../src/api-types.ts'
import { type Child, html, part, useEffect, useMemo, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { onOrders } from '../../store/stream.ts'
import { dot, statusBadge } from '../../widgets/badge.ts'
import { icon } from '../../widgets/icon.ts'
import { nothing } from '../../widgets/state.ts'
import { duration, shortOf } from '../../widgets/words.ts'
import { timeRows } from '../order/rows.ts'
import type { Placed } from './place.ts'

/** The orders that were placed here, and what happens to them, as it happens. */
export const Followed = ({ placed }: { readonly placed: readonly Placed[] }): VNode =>
  html`<section class="card followed" aria-labelledby="followed" aria-live="polite">
    <h2 id="followed">What happens then</h2>
    ${placed.length === 0 ? nothing('flow', 'Nothing was placed here yet', 'Once it is, its events appear here one after another, while they happen.') : placed.map(({ orderId }, at) => part(Story, { key: orderId, orderId, whole: at === 0 }))}
  </section>`

const ASK_MS = 1_000

/** Looked for first, since a browser complains of what is not there. */
async function readOnce(orderId: string, signal: AbortSignal): Promise<OrderDetails | undefined> {
  const { rows } = await ask<OrderPage>(`/api/orders?limit=1&search=${orderId}`, { signal })
  return rows.length === 0 ? undefined : await ask<OrderDetails>(`/api/orders/${orderId}`, { signal })
}

function Story({ orderId, whole }: { readonly orderId: string; readonly whole: boolean }): VNode {
  const { data, again } = useLoad(`placed ${orderId}`, (signal) => readOnce(orderId, signal).catch(() => undefined), ASK_MS)
  useEffect(() => onOrders(({ rows }) => rows.some((row) => row.orderId === orderId) && again()), [orderId])
  const rows = useMemo(() => timeRows(data?.events ?? [], undefined), [data])
  const line = ({ key, label, who, depth, ms }: (typeof rows)[number]): Child =>
    html`<li key=${key} style=${`--depth: ${depth}`}>${dot('info')}<span><b>${label}</b> <span class="soft">${who}</span></span><span class="number soft">${ms === null ? '' : duration(ms)}</span></li>`
  return html`<article>
    <a class="titled" href=${hrefOf('orders', orderId)}><span class="mono">${shortOf(orderId)}</span>${data ? statusBadge(data.row.status) : html`<span class="soft">accepted; its first event is on its way</span>`}<span class="go">Timeline ${icon('next')}</span></a>
    ${whole && html`<ol>${rows.map(line)}</ol>`}
  </article>`
}
