import type { ContractView } from '../../../src/api-types.ts'
import { html, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { badge } from '../../widgets/badge.ts'
import { table } from '../../widgets/table.ts'
import { copyButton } from '../../widgets/twin.ts'
import { type Schema, type SchemaRow, schemaRows } from './schema-rows.ts'

export function contractDetails({ type, version, emitter, topic, prose, schema, example, consumers }: ContractView): VNode {
  const json = JSON.stringify(example, null, 2)
  return html`<article class="contract" aria-labelledby="contract">
    <header class="title">
      <a class="back" href=${hrefOf('contracts')}>All events</a>
      <h2 id="contract">${type}</h2> ${badge(`v${version}`)} <code>${topic}</code>
    </header>
    <p class="prose">${prose}</p>
    <p class="ways"><b>${emitter}</b> emits it <span aria-hidden="true">→</span> ${takers(consumers)}</p>
    <section class="card">
      <header><h2>Fields</h2></header>
      ${table({ label: `Fields of ${type}`, columns, rows: schemaRows(schema as Schema), keyOf: ({ path }) => path })}
    </section>
    <section class="card">
      <header><h2>Example</h2>${copyButton(json, 'the example')}</header>
      <pre class="json" tabindex="0" aria-label=${`Example of ${type}`}>${json}</pre>
    </section>
  </article>`
}

const takers = (consumers: ContractView['consumers']) =>
  consumers.length === 0
    ? 'nobody takes it here; it is there for timelines and for whoever comes'
    : html`${consumers.map((name) => badge(name, 'info'))} take it`

const columns = [
  {
    title: 'Field',
    cell: ({ path, depth }: SchemaRow) => html`<code class="field-name" style=${`padding-left: ${depth * 18}px`}>${lastOf(path)}</code>`,
  },
  { title: 'What may stand there', class: 'wrap', cell: ({ what }: SchemaRow) => what },
  {
    title: 'Marks',
    cell: ({ optional, personal }: SchemaRow) =>
      html`<span class="marks">${optional && badge('may be missing')}${personal && badge('personal', 'warn', 'Masked on every screen, in logs and answers')}</span>`,
  },
]

const lastOf = (path: string) => path.split('.').at(-1)!
