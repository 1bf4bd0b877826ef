import type { OrderRow } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { useNow } from '../../store/now.ts'
import { badge, statusBadge } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { icon } from '../../widgets/icon.ts'
import { copyButton } from '../../widgets/twin.ts'
import { age, moment, money } from '../../widgets/words.ts'
import { ChangeDialog } from '../change/dialog.ts'
import { option } from '../change/twins.ts'

/** Which order, how it stands, and what an operator may do to it. */
export function OrderHead({ row, stuck }: { readonly row: OrderRow; readonly stuck: boolean }): VNode {
  const { orderId, short, status, total, currency, customer, placedAt } = row
  const [cancelling, cancel] = useState(false)
  const now = useNow()
  return html`<header class="head">
    <a class="button plain square" href=${hrefOf('orders')} aria-label="All orders" title="All orders">${icon('back')}</a>
    <h1><span class="soft">Order</span> <span class="mono">${short}</span></h1>
    ${statusBadge(status)}${stuck && badge('stuck', 'bad')}
    <span class="what">${money(total, currency)}${customer && html` · of <a href=${hrefOf('orders', null, { search: customer })} title="All orders of this customer">${customer}</a>`} · placed <time datetime=${placedAt} title=${moment(placedAt)}>${since(placedAt, now)}</time></span>
    <span class="id"><span class="mono soft cut" title=${orderId}>${orderId}</span>${copyButton(orderId, 'the id')}</span>
    <div class="does">${button({ label: 'Cancel the order', kind: 'danger', small: true, onClick: () => cancel(true) })}</div>
    ${cancelling && cancelDialog(orderId, short, () => cancel(false))}
  </header>`
}

function since(iso: string, now: number): string {
  const ago = age(iso, now)
  return ago === 'now' ? 'just now' : `${ago} ago`
}

const cancelDialog = (orderId: string, short: string, onClose: () => void): VNode =>
  part(ChangeDialog<unknown>, {
    ...{ title: `Cancel order ${short}`, label: 'Cancel the order', danger: true, reason: 'needed' as const, onClose },
    about: html`<p>The operators’ cancel ends an order whatever its age and status: money and stock go back, points are revoked, a parcel is recalled. It cannot be undone.</p>`,
    change: (reason) => ({ service: 'orders', path: `admin/orders/${orderId}/cancel`, body: { reason } }),
    ops: (reason) => `npx -y pnpm@12 ops orders cancel ${orderId}${option('reason', reason)}`,
    done: () => `Order ${short} is cancelled; what follows from it is on its way`,
  })
