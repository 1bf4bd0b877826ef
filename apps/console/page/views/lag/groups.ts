import type { LagJson, Pause } from '../../../src/api-types.ts'
import { type Child, html, part, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { badge, dot } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { icon } from '../../widgets/icon.ts'
import { table } from '../../widgets/table.ts'
import { counted, number, rate } from '../../widgets/words.ts'
import { ago } from '../ago.ts'
import { PauseOrResume } from '../outbox/consumers.ts'
import type { GroupRow, LagRow, Tone } from './lag-rows.ts'
import { age, drainOfRow, messages } from './lag-words.ts'

interface Told {
  readonly groups: LagJson['groups']
  readonly paused: ReadonlyMap<string, Pause>
  /** The one that the pictures are of. */
  readonly chosen: string | null
}

export const groupCards = (rows: readonly GroupRow[], told: Told): VNode =>
  html`<div class="groups">${rows.map((row) => part(Group, { key: row.name, row, told }))}</div>`

const colour = { good: 'good', warn: 'warn', bad: 'bad', idle: 'quiet' } as const satisfies Record<Tone, string>

function Group({ row, told }: { readonly row: GroupRow; readonly told: Told }): VNode {
  const [open, setOpen] = useState(false)
  const paused = told.paused.get(row.name)
  const chosen = told.chosen === row.name
  return html`<section class="card" aria-label=${`Group ${row.name}`}>
    <header>
      ${dot(colour[row.tone])}<h2>${row.name}</h2>${stateBadge(row, paused)}
      <span class="does">
        <a class="chip" data-row aria-current=${chosen ? 'true' : undefined} href=${chosen ? hrefOf('lag') : hrefOf('lag', row.name)}>${icon('lag')}${chosen ? 'All groups' : 'Its topics'}</a>
        ${part(PauseOrResume, { service: row.name, paused: paused ?? null })}
      </span>
    </header>
    ${paused && html`<p class="why">${icon('pause')} Paused by ${paused.by}: “${paused.reason}”. That was ${ago(paused.since, Date.now())}; what comes meanwhile waits in Kafka.</p>`}
    ${table({ label: `Topics of ${row.name}`, columns, rows: [...row.topics, total(row)], keyOf: ({ name }) => name })}
    <footer>${button({ label: open ? 'Hide the partitions' : 'Partitions', icon: 'down', small: true, kind: 'plain', expanded: open, onClick: () => setOpen(!open) })}</footer>
    ${open && partitionsOf(told.groups.find(({ group }) => group === row.name))}
  </section>`
}

/** What is finished is known of the group alone, not of each of its topics. */
type TopicRow = LagRow & { readonly perSecondOut?: number }
const total = (row: GroupRow): TopicRow => ({ ...row, name: 'together' })

function stateBadge({ members, state }: GroupRow, paused: Pause | undefined): Child {
  if (paused) return badge('paused', 'warn')
  if (members === 0) return badge('nobody reads', 'bad', state)
  return badge(counted(members, 'member'), 'quiet', state)
}

const columns = [
  { title: 'Topic', cell: ({ name }: LagRow) => (name === 'together' ? html`<b>together</b>` : html`<code>${name}</code>`) },
  {
    title: 'Behind',
    number: true,
    cell: ({ lag, tone }: TopicRow) => html`<span class=${typeof lag === 'number' ? '' : colour[tone]}>${messages(lag)}</span>`,
  },
  { title: 'Oldest', number: true, cell: (row: LagRow) => age(row) },
  { title: 'In', number: true, cell: ({ perSecondIn }: TopicRow) => rate(perSecondIn) },
  { title: 'Out', number: true, cell: ({ perSecondOut }: TopicRow) => (perSecondOut === undefined ? '' : rate(perSecondOut)) },
  { title: 'Drains', class: 'drain', cell: (row: LagRow) => html`<span class=${colour[row.tone]}>${drainOfRow(row)}</span>` },
]

const partitionsOf = (group: LagJson['groups'][number] | undefined): Child =>
  group?.topics.map(({ topic, partitions }) =>
    table({
      label: `Partitions of ${topic}, as ${group.group} reads them`,
      columns: partitionColumns,
      rows: partitions.map((one) => ({ topic, ...one })),
      keyOf: ({ partition }) => partition,
    }),
  )

type Partition = LagJson['groups'][number]['topics'][number]['partitions'][number] & { readonly topic: string }

const memberOf = ({ member }: Partition) =>
  typeof member === 'string'
    ? html`<span class=${member.startsWith('nobody') ? 'bad' : 'soft'}>${member}</span>`
    : html`<code>${member.id}</code> <span class="soft">at ${member.host}</span>`

const figure = (value: number | string) => (typeof value === 'number' ? number(value) : html`<span class="soft">${value}</span>`)

const partitionColumns = [
  { title: 'Partition', cell: ({ topic, partition }: Partition) => html`<code>${topic}-${partition}</code>` },
  { title: 'Member', cell: memberOf },
  { title: 'Committed', number: true, cell: ({ committed }: Partition) => figure(committed) },
  { title: 'Newest', number: true, cell: ({ high }: Partition) => number(high) },
  { title: 'Behind', number: true, cell: ({ lag }: Partition) => figure(lag) },
  { title: 'Oldest waits', number: true, cell: ({ lag, lagSeconds }: Partition) => age({ lag, seconds: lagSeconds }) },
]
