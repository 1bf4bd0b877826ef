import type { Product } from '../../../src/api-types.ts'
import { html, type VNode } from '../../html.ts'
import { button } from '../../widgets/button.ts'
import { money } from '../../widgets/words.ts'
import { cards, quantityOf, type Wanted } from './request.ts'

type Change = (next: Partial<Wanted>) => void

const textOf = (event: Event) => (event.target as HTMLInputElement).value

export function productsOf(products: readonly Product[], wanted: Wanted, change: Change): VNode {
  const set = (sku: string, quantity: number) => change({ quantities: { ...wanted.quantities, [sku]: quantity } })
  return html`<fieldset class="products"><legend>What</legend><ul>${products.map((product) => productLine(product, wanted.quantities[product.sku] ?? 0, set))}</ul></fieldset>`
}

function productLine({ sku, name, price, currency }: Product, quantity: number, set: (sku: string, quantity: number) => void): VNode {
  return html`<li key=${sku} class=${quantity > 0 ? 'wanted' : ''}>
    <span class="name" title=${sku}><span class="cut">${name}</span><span class="soft">${money(price, currency)}</span></span>
    <span class="stepper">
      ${button({ label: `One ${name} less`, icon: 'minus', kind: 'plain', bare: true, disabled: quantity === 0, onClick: () => set(sku, quantity - 1) })}
      <input class="input number" inputmode="numeric" aria-label=${`How many: ${name}`} value=${quantity} onChange=${(event: Event) => set(sku, quantityOf(textOf(event)))} />
      ${button({ label: `One ${name} more`, icon: 'plus', kind: 'plain', bare: true, onClick: () => set(sku, quantityOf(String(quantity + 1))) })}
    </span>
  </li>`
}

export const cardsOf = ({ token }: Wanted, change: Change): VNode =>
  html`<fieldset class="cards"><legend>Paid with</legend>${cards.map(
    (card) => html`<label key=${card.token} class="choice">
      <input type="radio" name="card" value=${card.token} checked=${card.token === token} onChange=${() => change({ token: card.token })} />
      <span><b>${card.title}</b> <span class="mono soft">${card.token}</span><span class="soft leads">${card.leads}</span></span>
    </label>`,
  )}</fieldset>`

export const customerOf = ({ customer, email, campaign }: Wanted, change: Change): VNode =>
  html`<fieldset class="who"><legend>Who</legend>
    <label class="field"><span>Customer</span><input class="input" maxlength="64" value=${customer} onInput=${(event: Event) => change({ customer: textOf(event) })} /></label>
    <label class="field"><span>Mails go to</span><input class="input" type="email" value=${email} onInput=${(event: Event) => change({ email: textOf(event) })} /></label>
    <label class="field"><span>Campaign, if any</span><input class="input" maxlength="64" value=${campaign} onInput=${(event: Event) => change({ campaign: textOf(event) })} /></label>
  </fieldset>`
