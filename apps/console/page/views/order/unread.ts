import type { OrderStory, Story } from '../../../src/api-types.ts'
import { type Child, html, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import type { Loaded } from '../../store/load.ts'
import { badge } from '../../widgets/badge.ts'
import { icon } from '../../widgets/icon.ts'
import { callout, failed, loading, nothing } from '../../widgets/state.ts'
import { table } from '../../widgets/table.ts'
import { copyButton } from '../../widgets/twin.ts'
import { shortOf } from '../../widgets/words.ts'
import { unreadWords } from './unread-words.ts'

/** An order of which the console has read no event: what the services know of it, above all the dead letters with its key. */
export function unreadOrder(orderId: string, story: Loaded<OrderStory | null>, locked: Child): Child {
  if (story.data) return [head(orderId), told(orderId, story.data)]
  if (story.error !== undefined)
    return [head(orderId), failed('The services could not tell what they know of it', story.error, story.again)]
  return [
    head(orderId),
    story.busy ? loading(4) : [locked, unknown(orderId, 'Whether a service or a dead letter knows it is shown to operators.')],
  ]
}

const head = (orderId: string): VNode => html`<header class="head" key="head">
  <a class="button plain square" href=${hrefOf('orders')} aria-label="All orders" title="All orders">${icon('back')}</a>
  <h1><span class="soft">Order</span> <span class="mono">${shortOf(orderId)}</span></h1>${badge('no event read', 'warn')}
  <span class="id"><span class="mono soft cut" title=${orderId}>${orderId}</span>${copyButton(orderId, 'the id')}</span>
</header>`

const unknown = (orderId: string, words: string): VNode =>
  nothing(
    'search',
    'This order is not known',
    html`The console has read no event of <span class="mono">${orderId}</span>. ${words} <a href=${hrefOf('orders')}>All orders</a>`,
  )

function told(orderId: string, { story, missing }: OrderStory): Child {
  const { genuine, tone, title, words } = unreadWords(story)
  if (!genuine && story.letters.length === 0 && missing.length === 0) return unknown(orderId, words)
  return [
    callout(tone, tone === 'info' ? 'info' : 'letters', html`<h2>${title}</h2>${words}`),
    story.letters.length > 0 && lettersCard(story.letters),
  ]
}

type Letter = Story['letters'][number]

const lettersCard = (letters: readonly Letter[]): VNode => html`<section class="card" key="letters">
  <header><h2>Dead letters with this key</h2></header>
  ${table({ label: 'Dead letters with this key', columns, rows: letters, keyOf: ({ service, id }) => `${service}/${id}` })}
</section>`

const columns = [
  {
    title: 'Letter',
    cell: ({ service, id }: Letter) => html`<a data-row href=${hrefOf('letters', `${service}/${id}`)}><code>${service}/${id}</code></a>`,
  },
  { title: 'Parked by', cell: ({ service }: Letter) => service },
  { title: 'Record', cell: ({ type }: Letter) => type ?? 'a record' },
  { title: 'Status', cell: ({ status, code }: Letter) => (status === 'open' ? badge(code, 'bad') : badge(status)) },
  { title: 'Error', class: 'wrap', cell: ({ error }: Letter) => error },
]
