import type { OrderStory } from '../../../src/api-types.ts'
import { html, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { badge, statusBadge } from '../../widgets/badge.ts'
import { shortOf } from '../../widgets/words.ts'
import { outcomeWords } from './outcome-words.ts'
import type { Ended } from './selection.ts'

const EVERY_MS = 1_000

/** What becomes of an order after its letter was ended, as it happens. */
export function Outcome({ letter, orderId }: { readonly letter: Ended['letter']; readonly orderId: string }): VNode {
  const { data } = useLoad(`after ${orderId}`, (signal) => ask<OrderStory>(`/api/orders/${orderId}/story`, { signal }), EVERY_MS)
  const status = data?.story.order?.status
  return html`<div class="after" role="status">
    <a href=${hrefOf('orders', orderId)}>Order ${shortOf(orderId)}</a> ${status && statusBadge(status)} ${data?.stuck && badge('stuck', 'bad')}
    ${data && outcomeWords(letter, data)}
  </div>`
}
