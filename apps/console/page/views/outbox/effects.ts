import type { Effect, ServiceName } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { badge } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { nothing } from '../../widgets/state.ts'
import { table } from '../../widgets/table.ts'
import { number, shortOf } from '../../widgets/words.ts'
import { ChangeDialog } from '../change/dialog.ts'
import { option, quoted } from '../change/twins.ts'
import { inUrgency, nextTry, waitsLong } from './words.ts'

type Row = Effect & { readonly service: ServiceName }

// More than anybody reads; how many there are is told above.
const MOST_SHOWN = 100

/** Charges, refunds, mails and points that are not over. */
export function effectsCard(
  found: readonly { readonly service: ServiceName; readonly body: readonly Effect[] }[],
  now: number,
  again: () => void,
): VNode {
  const all = inUrgency(
    found.flatMap(({ service, body }) => body.map((effect): Row => ({ service, ...effect }))),
    now,
  )
  const refused = all.filter(({ status }) => status === 'refused').length
  const late = all.filter((effect) => waitsLong(effect, now)).length
  const content =
    all.length === 0
      ? nothing(
          'done',
          'Nothing is left to be done outside.',
          'Charges, refunds, mails and points show here from the moment they are decided until they are done.',
        )
      : table({
          label: 'Effects that are not over',
          columns: columnsAt(now, again),
          rows: all.slice(0, MOST_SHOWN),
          keyOf: ({ service, key }) => `${service} ${key}`,
        })
  return html`<section class="card">
    <header><h2>Effects</h2>${refused > 0 && badge(`${refused} refused`, 'bad')}${late > 0 && badge(`${late} wait long`, 'warn')}</header>
    ${content}
    ${all.length > MOST_SHOWN && html`<p class="more">and ${number(all.length - MOST_SHOWN)} more that are on their way</p>`}
  </section>`
}

const columnsAt = (now: number, again: () => void) => [
  { title: 'Effect', cell: ({ service, kind }: Row) => html`${kind} <span class="soft">${service}</span>` },
  {
    title: 'Order',
    cell: ({ orderId }: Row) => html`<a href=${hrefOf('orders', orderId)} title=${orderId}><code>${shortOf(orderId)}</code></a>`,
  },
  {
    title: 'Status',
    cell: (effect: Row) => badge(effect.status, effect.status === 'refused' ? 'bad' : waitsLong(effect, now) ? 'warn' : 'quiet'),
  },
  { title: 'Tried', number: true, cell: ({ attempts }: Row) => attempts },
  { title: 'Next', cell: (effect: Row) => nextTry(effect, now) },
  { title: 'Last error', class: 'wrap', cell: ({ lastError }: Row) => lastError ?? '' },
  { title: 'Action', cell: (effect: Row) => (effect.status === 'refused' || effect.attempts > 0) && part(Retry, { effect, again }) },
]

function Retry({ effect, again }: { readonly effect: Row; readonly again: () => void }): VNode {
  const [open, setOpen] = useState(false)
  const { service, key, status } = effect
  return html`${button({ label: 'Try now…', small: true, onClick: () => setOpen(true) })}
    ${
      open &&
      part(ChangeDialog<Effect>, {
        title: `Try ${effect.kind} now`,
        about: `${status === 'refused' ? 'Repair the cause at the provider first. It is redriven with its dead letter, so that its order goes on once it has passed.' : 'It is tried again by itself; this only makes it sooner.'} The provider is asked first, by the key of the effect, so that nothing happens twice.`,
        label: 'Try it now',
        reason: 'optional',
        change: (reason) => ({ service, path: 'admin/effects/retry', body: { key, ...(reason && { reason }) } }),
        ops: (reason) => `npx -y pnpm@12 ops effects retry ${quoted(key)} --service ${service}${option('reason', reason)}`,
        done: (answer) => `${key} is ${answer.status}, and is tried now`,
        onDone: again,
        onClose: () => setOpen(false),
      })
    }`
}
