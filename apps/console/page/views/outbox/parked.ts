import type { Outbox, ParkedRow, ServiceName } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { badge } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { nothing } from '../../widgets/state.ts'
import { table } from '../../widgets/table.ts'
import { counted, shortOf } from '../../widgets/words.ts'
import { ago } from '../ago.ts'
import { ChangeDialog } from '../change/dialog.ts'
import { option } from '../change/twins.ts'

type Row = ParkedRow & { readonly service: ServiceName }

/** Records that Kafka refuses, and what waits behind each. */
export function parkedCard(
  found: readonly { readonly service: ServiceName; readonly body: Outbox }[],
  now: number,
  again: () => void,
): VNode {
  const rows = found.flatMap(({ service, body }) => body.parked.map((row) => ({ service, ...row })))
  const content =
    rows.length === 0
      ? nothing(
          'done',
          'Kafka refuses nothing.',
          'A record that is too large, for example, is set aside here with the later ones of its order, and all others go on.',
        )
      : table({ label: 'Records that Kafka refuses', columns: columnsAt(now, again), rows, keyOf: ({ service, id }) => `${service}/${id}` })
  return html`<section class="card"><header><h2>Refused by Kafka</h2>${rows.length > 0 && badge(String(rows.length), 'bad')}</header>${content}</section>`
}

const columnsAt = (now: number, again: () => void) => [
  { title: 'Record', cell: ({ service, id, type }: Row) => html`<code>${service}/${id}</code> ${type ?? 'a record'}` },
  {
    title: 'Order',
    cell: ({ key }: Row) => (key === null ? '–' : html`<a href=${hrefOf('orders', key)} title=${key}><code>${shortOf(key)}</code></a>`),
  },
  { title: 'Set aside', cell: ({ parkedAt }: Row) => ago(parkedAt, now) },
  { title: 'Why', class: 'wrap', cell: ({ reason, topic }: Row) => html`${reason} <span class="soft">(${topic})</span>` },
  { title: 'Waiting behind', number: true, cell: ({ behind }: Row) => behind },
  { title: 'Action', cell: (row: Row) => part(Release, { row, again }) },
]

function Release({ row, again }: { readonly row: Row; readonly again: () => void }): VNode {
  const [open, setOpen] = useState(false)
  const { service, id, behind, type } = row
  return html`${button({ label: 'Release…', small: true, onClick: () => setOpen(true) })}
    ${
      open &&
      part(ChangeDialog<ParkedRow>, {
        title: `Send ${type ?? 'the record'} again`,
        about: `Repair the cause first, such as the topic’s max.message.bytes: then the relay sends it again, and ${counted(behind, 'record')} that ${behind === 1 ? 'waits' : 'wait'} behind it. What Kafka refuses once more is set aside once more.`,
        label: 'Release it',
        reason: 'needed',
        change: (reason) => ({ service, path: `admin/outbox/parked/${id}/release`, body: { reason } }),
        ops: (reason) => `npx -y pnpm@12 ops outbox release ${service}/${id}${option('reason', reason)}`,
        done: () => `${service}/${id} is released; the relay sends it now`,
        onDone: again,
        onClose: () => setOpen(false),
      })
    }`
}
