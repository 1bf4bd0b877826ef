import { type Child, html } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { callout } from '../../widgets/state.ts'
import { counted, shortOf } from '../../widgets/words.ts'

const MOST_NAMED = 8

/** Orders that are no rows, since nothing but a dead letter knows of them. */
export function unreadOrders(orderIds: readonly string[]): Child {
  if (orderIds.length === 0) return null
  const named = orderIds
    .slice(0, MOST_NAMED)
    .map((orderId) => html`<a key=${orderId} class="mono" href=${hrefOf('orders', orderId)} title=${orderId}>${shortOf(orderId)}</a> `)
  const more = orderIds.length - MOST_NAMED
  return callout(
    'warn',
    'letters',
    html`<strong>${counted(orderIds.length, 'more is', 'more are')} known from dead letters alone.</strong> No event of such an order was read, so it is
      no row here: ${named} ${more > 0 && html`and ${more} more, in the <a href=${hrefOf('letters')}>dead letters</a>`}`,
  )
}
