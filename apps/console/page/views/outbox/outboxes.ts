import type { Pulse, ServicePulse } from '../../../src/api-types.ts'
import { type Child, html, part, type VNode } from '../../html.ts'
import { badge, dot } from '../../widgets/badge.ts'
import { icon } from '../../widgets/icon.ts'
import { table } from '../../widgets/table.ts'
import { duration, number, rate } from '../../widgets/words.ts'
import { ago } from '../ago.ts'
import { PauseOrResume } from './consumers.ts'
import { STUCK_SECONDS } from './words.ts'

type Row = ServicePulse & { readonly perSecond: number }

/** Every service with its relay and its consumer. */
export function outboxTable({ services, rates }: Pulse): VNode {
  const rows = services.map((one): Row => ({ ...one, perSecond: rates[`${one.name}.v1`] ?? 0 }))
  return html`<section class="card relays">
    <header><h2>Relays and consumers</h2></header>
    ${rows.map(whyPaused)}
    ${table({ label: 'Relays and consumers', columns, rows, keyOf: ({ name }) => name })}
  </section>`
}

const whyPaused = ({ name, paused }: Row): Child =>
  paused &&
  html`<p class="why" key=${name}>${icon('pause')} The consumer of ${name} was paused by ${paused.by} ${ago(paused.since, Date.now())}: “${paused.reason}”.</p>`

const told = (value: ServicePulse['outbox'], draw: (outbox: NonNullable<ServicePulse['outbox']>) => Child): Child =>
  value ? draw(value) : html`<span class="soft">not known</span>`

const columns = [
  {
    title: 'Service',
    cell: ({ name, up, ready }: Row) =>
      html`<span class="with-dot">${dot(up && ready ? 'good' : 'bad')}<b>${name}</b>${up ? !ready && badge('not ready', 'bad') : badge('does not answer', 'bad')}</span>`,
  },
  { title: 'Waiting', number: true, cell: ({ outbox }: Row) => told(outbox, ({ waiting }) => number(waiting)) },
  {
    title: 'Oldest',
    number: true,
    cell: ({ outbox }: Row) =>
      told(outbox, ({ waiting, oldestSeconds }) =>
        waiting === 0 ? '–' : html`<span class=${oldestSeconds < STUCK_SECONDS ? '' : 'late'}>${duration(oldestSeconds * 1000)}</span>`,
      ),
  },
  { title: 'Published', number: true, class: 'published', cell: ({ perSecond }: Row) => rate(perSecond) },
  {
    title: 'Lease held by',
    class: 'lease',
    cell: ({ outbox }: Row) =>
      told(outbox, ({ holder, waiting }) =>
        holder ? html`<code class="cut holder" title=${holder}>${holder}</code>` : badge('nobody', waiting > 0 ? 'bad' : 'quiet'),
      ),
  },
  {
    title: 'Refused',
    number: true,
    class: 'refused',
    cell: ({ outbox }: Row) => told(outbox, ({ parked }) => (parked === 0 ? '–' : badge(number(parked), 'bad'))),
  },
  {
    title: 'Consumer',
    class: 'consumer',
    cell: ({ paused, up }: Row) => (paused ? badge('paused', 'warn', ago(paused.since, Date.now())) : up ? 'consumes' : '–'),
  },
  { title: 'Action', cell: ({ name, paused, up }: Row) => up && part(PauseOrResume, { service: name, paused }) },
]
