import type { Product } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { button } from '../../widgets/button.ts'
import { failed, loading } from '../../widgets/state.ts'
import { say } from '../../widgets/toasts.ts'
import { twin } from '../../widgets/twin.ts'
import { counted, money } from '../../widgets/words.ts'
import { cardsOf, customerOf, productsOf } from './fields.ts'
import { Followed } from './followed.ts'
import { shortfall } from './patience.ts'
import { type Placed, placeOrders } from './place.ts'
import { bodyOf, firstWish, missing, totalOf, type Wanted } from './request.ts'

/** Place orders as a customer would, and watch what comes of them. */
export function PlaceView(): VNode {
  const { data, error, again } = useLoad('products', (signal) => askService<readonly Product[]>('orders', '/products', { signal }))
  return html`<div class="view place">
    <header class="head"><h1>Place an order</h1><span class="what">as a customer would, over HTTP; the rest is events</span></header>
    ${error !== undefined && !data && failed('What can be ordered could not be read', error, again)}
    ${data ? part(Form, { products: data }) : error === undefined && loading(10)}
  </div>`
}

const MOST_FOLLOWED = 5

function Form({ products }: { readonly products: readonly Product[] }): VNode {
  const [wanted, want] = useState<Wanted>(firstWish)
  const [placed, follow] = useState<readonly Placed[]>([])
  const [busy, setBusy] = useState(0)
  const change = (next: Partial<Wanted>) => want((now: Wanted) => ({ ...now, ...next }))
  const place = async (many: number) => {
    setBusy(many)
    const all = await placeOrders(bodyOf(wanted), many)
    setBusy(0)
    follow((now: readonly Placed[]) => [...all.done.slice(-1), ...now].slice(0, MOST_FOLLOWED))
    const lacks = shortfall(all)
    if (lacks !== null) say(lacks, 'bad')
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void place(1)
  }
  return html`<div class="counter">
    <form class="card" onSubmit=${submit} aria-label="Order">
      ${productsOf(products, wanted, change)}${cardsOf(wanted, change)}${customerOf(wanted, change)}
      ${foot(totalOf(wanted, products), products[0]?.currency ?? null, missing(wanted), busy, place)}
    </form>
    <div class="after">
      ${part(Followed, { placed })}
      <section class="card" aria-labelledby="curl"><h2 id="curl">The same as a command</h2><div class="body">${twin(curlOf(wanted))}</div></section>
    </div>
  </div>`
}

function foot(total: number, currency: string | null, lacks: string | null, busy: number, place: (many: number) => Promise<void>): VNode {
  const many = (count: number) =>
    button({
      label: `Place ${count}`,
      disabled: lacks !== null || busy > 0,
      busy: busy === count,
      title: `Place ${counted(count, 'such order')}`,
      onClick: () => void place(count),
    })
  return html`<footer class="pay">
    <div class="total"><span class="soft">Total</span> <b>${money(total, currency)}</b>${lacks && html`<span class="lacks" role="status">${lacks}</span>`}</div>
    ${many(10)}${many(100)}${button({ label: 'Place the order', kind: 'primary', type: 'submit', busy: busy === 1, disabled: lacks !== null || busy > 0 })}
  </footer>`
}

const curlOf = (wanted: Wanted) =>
  `curl -si ${location.origin}/api/services/orders/orders \\\n  -H 'content-type: application/json' \\\n  -H "idempotency-key: $(uuidgen)" \\\n  -d '${JSON.stringify(bodyOf(wanted)).replaceAll("'", "'\\''")}'`
