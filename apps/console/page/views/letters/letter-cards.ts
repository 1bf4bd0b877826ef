import { type Child, html, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { badge } from '../../widgets/badge.ts'
import { table } from '../../widgets/table.ts'
import { copyButton } from '../../widgets/twin.ts'
import { counted, moment } from '../../widgets/words.ts'
import { ago } from '../ago.ts'
import type { Shown } from './audited.ts'
import { payloadLines } from './payload-lines.ts'
import { typeOf } from './types.ts'

export function factsCard(letter: Shown, now: number): VNode {
  const { orderId, eventId, effectKey, topic, partition, offset, parkedAt, attempts, error, key } = letter
  const facts: readonly (readonly [string, Child])[] = [
    ['Error', html`<span class="error">${error}</span>`],
    ['Order', orderId === null ? `none (key ${key ?? 'missing'})` : html`<a href=${hrefOf('orders', orderId)}><code>${orderId}</code></a>`],
    [
      effectKey ? 'Effect' : 'Event',
      effectKey ? html`<code>${effectKey}</code>` : html`${typeOf(letter)} <code class="soft">${eventId}</code>`,
    ],
    ['From', html`<code>${topic}-${partition}-${offset}</code>`],
    ['Parked', `${moment(parkedAt)}, ${ago(parkedAt, now)}`],
    ['Attempts', attempts],
  ]
  return html`<section class="card"><header><h2>What happened</h2></header>
    <dl class="facts body">${facts.map(([title, fact]) => html`<dt>${title}</dt><dd>${fact}</dd>`)}</dl>
  </section>`
}

/** Later events of its order, which run once this one has ended. */
export function behindCard({ service, behind, status }: Shown): VNode {
  const columns = [
    {
      title: 'Letter',
      cell: ({ id }: Shown['behind'][number]) => html`<a href=${hrefOf('letters', `${service}/${id}`)}><code>${service}/${id}</code></a>`,
    },
    { title: 'Event', cell: ({ type }: Shown['behind'][number]) => type ?? 'a record' },
  ]
  return html`<section class="card"><header><h2>Waits behind it</h2>${behind.length > 0 && badge(String(behind.length), 'warn')}</header>
    ${behind.length === 0 ? html`<p class="body soft">${status === 'open' ? 'No later event of its order has come yet.' : 'Nothing waits behind it any more.'}</p>` : table({ label: 'What waits behind it', columns, rows: behind, keyOf: ({ id }) => id })}
  </section>`
}

export function headersCard({ headers }: Shown): Child {
  const named = Object.entries(headers)
  return html`<section class="card"><header><h2>Headers</h2></header>
    ${named.length === 0 ? html`<p class="body soft">It has none.</p>` : html`<dl class="facts body headers">${named.map(([name, value]) => html`<dt><code>${name}</code></dt><dd><code>${value}</code></dd>`)}</dl>`}
  </section>`
}

/** The value, and beside its lines what breaks the contract there. */
export function payloadCard({ text, hex, problems, headers }: Shown): VNode {
  const value = text ?? hex
  const contract = headers.ce_type?.split('.')[0]
  return html`<section class="card payload">
    <header><h2>Payload</h2>${text === null && hex !== null && badge('in hex')}${contract && html`<a href=${hrefOf('contracts', contract)}>its contract</a>`}${value !== null && copyButton(value, 'the payload')}</header>
    ${problems.length > 0 ? html`<p class="breaks">${counted(problems.length, 'thing breaks', 'things break')} its contract.</p>` : html`<p class="body soft">Nothing in it breaks its contract.</p>`}
    ${value === null ? html`<p class="body soft">It has no value.</p>` : html`<pre class="json" tabindex="0" aria-label="The payload">${payloadLines(value, problems).map(line)}</pre>`}
  </section>`
}

const line = ({ text, problems }: ReturnType<typeof payloadLines>[number]): VNode =>
  html`<span class=${problems.length > 0 ? 'payload-line broken' : 'payload-line'}>${text}${problems.map((problem) => html`<span class="problem">${problem}</span>`)}</span>`
