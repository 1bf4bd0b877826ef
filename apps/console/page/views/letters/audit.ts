import type { AuditRow, ServiceName } from '../../../src/api-types.ts'
import { html, type VNode } from '../../html.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useNow } from '../../store/now.ts'
import { badge } from '../../widgets/badge.ts'
import { failed, loading, nothing } from '../../widgets/state.ts'
import { table } from '../../widgets/table.ts'
import { clock } from '../../widgets/words.ts'
import { everywhere } from '../everywhere.ts'
import { aboutOf, actionWords } from './audit-words.ts'

export type Row = AuditRow & { readonly service: ServiceName }

const MOST = 100

/** Every change that an operator made, newest first. */
export function Audit(): VNode {
  const now = useNow()
  const { data, error, again } = useLoad('audit', (signal) =>
    everywhere((service) => askService<readonly AuditRow[]>(service, `/admin/audit?limit=${MOST}`, { signal })),
  )
  if (!data) return error === undefined ? loading(6) : failed('The audit could not be read.', error, again)
  const rows = data.found.flatMap(({ service, body }) => body.map((row): Row => ({ service, ...row })))
  if (rows.length === 0) return nothing('contracts', 'No operator has changed anything.')
  const newest = rows.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, MOST)
  return html`<section class="card">${auditTable(newest, now)}</section>`
}

export const auditTable = (rows: readonly Row[], now: number): VNode =>
  table({ label: 'Changes that operators made', columns: columnsAt(now), rows, keyOf: ({ service, id }) => `${service}/${id}` })

const tones = { done: 'good', refused: 'warn', failed: 'bad', started: 'info' } as const

const columnsAt = (now: number) => [
  { title: 'When', cell: ({ at }: Row) => clock(at, now) },
  { title: 'Who', cell: ({ operator }: Row) => operator },
  { title: 'Where', cell: ({ service }: Row) => service },
  { title: 'What', cell: ({ action }: Row) => html`<span title=${action}>${actionWords(action)}</span>` },
  { title: 'Of', class: 'wrap', cell: (row: Row) => html`<code>${aboutOf(row)}</code>` },
  {
    title: 'Outcome',
    cell: ({ outcome, result }: Row) => badge(outcome, tones[outcome as keyof typeof tones] ?? 'quiet', result ?? undefined),
  },
  { title: 'Why', class: 'wrap', cell: ({ reason }: Row) => reason ?? '' },
]
