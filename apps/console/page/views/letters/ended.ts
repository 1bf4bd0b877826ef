import type { AuditRow, ServiceName } from '../../../src/api-types.ts'
import { html, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useNow } from '../../store/now.ts'
import { badge } from '../../widgets/badge.ts'
import { failed, loading, nothing } from '../../widgets/state.ts'
import { table } from '../../widgets/table.ts'
import { shortOf } from '../../widgets/words.ts'
import { ago } from '../ago.ts'
import { everywhere } from '../everywhere.ts'
import { reasonOf } from './reason.ts'
import { type Letter, letterName } from './selection.ts'
import { typeOf } from './types.ts'

/** Letters that were redriven or discarded: they stay, for the record. */
export function EndedLetters(): VNode {
  const now = useNow()
  const { data, error, again } = useLoad('ended', (signal) =>
    everywhere((service) =>
      askService<readonly Omit<Letter, 'service'>[]>(service, '/admin/dead-letters?open=false&limit=500', { signal }),
    ),
  )
  const audit = useLoad('ended audit', (signal) =>
    everywhere((service) => askService<readonly AuditRow[]>(service, '/admin/audit?limit=500', { signal })),
  )
  const auditOf = (of: ServiceName) => audit.data?.found.find(({ service }) => service === of)?.body ?? []
  if (!data) return error === undefined ? loading(6) : failed('The letters could not be read.', error, again)
  const letters = data.found.flatMap(({ service, body }) => body.map((letter): Letter => ({ service, ...letter })))
  if (letters.length === 0) return nothing('letters', 'No letter was ever redriven or discarded.')
  const newest = letters.toSorted((a, b) => Date.parse(b.endedAt ?? '') - Date.parse(a.endedAt ?? ''))
  return html`<section class="card">${table({ label: 'Letters that ended', columns: columnsAt(now, auditOf), rows: newest, keyOf: letterName })}</section>`
}

const columnsAt = (now: number, auditOf: (service: ServiceName) => readonly AuditRow[]) => [
  {
    title: 'Letter',
    cell: (letter: Letter) => html`<a data-row href=${hrefOf('letters', letterName(letter))}><code>${letterName(letter)}</code></a>`,
  },
  { title: 'Outcome', cell: ({ status }: Letter) => badge(status, status === 'redriven' ? 'good' : 'quiet') },
  { title: 'Code', cell: ({ code }: Letter) => code },
  { title: 'Of', cell: (letter: Letter) => (letter.effectKey ? `effect ${letter.effectKey.split(':')[0]}` : typeOf(letter)) },
  {
    title: 'Order',
    cell: ({ orderId }: Letter) =>
      orderId === null ? '–' : html`<a href=${hrefOf('orders', orderId)} title=${orderId}><code>${shortOf(orderId)}</code></a>`,
  },
  { title: 'Ended', cell: ({ endedAt }: Letter) => (endedAt === null ? '–' : ago(endedAt, now)) },
  { title: 'Why', class: 'wrap', cell: (letter: Letter) => reasonOf(letter, auditOf(letter.service)) },
]
