import type { OrderEvent, Story } from '../../../src/api-types.ts'
import { type Child, html, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { session } from '../../store/session.ts'
import { badge } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { icon } from '../../widgets/icon.ts'
import { copyButton, twin } from '../../widgets/twin.ts'
import { duration, moment } from '../../widgets/words.ts'
import { quoted } from '../change/twins.ts'
import type { TimeRow } from './rows.ts'

export interface DetailsProps {
  readonly row: TimeRow
  readonly event: OrderEvent | undefined
  readonly effect: Story['effects'][number] | undefined
  readonly mail: Story['mails'][number] | undefined
  readonly onClose: () => void
}

/** What is known of one line of the waterfall. */
export function details({ row, event, effect, mail, onClose }: DetailsProps): VNode {
  return html`<aside class="details card" aria-label=${`Details of ${row.label}`}>
    <header><h2 class="cut">${row.label}</h2>${button({ label: 'Close the details', icon: 'close', kind: 'plain', bare: true, class: 'last', onClick: onClose })}</header>
    <div class="body">
      ${effect ? ofEffect(effect) : mail ? ofMail(mail) : ofEvent(row, event)}
    </div>
  </aside>`
}

type Fact = readonly [name: string, value: Child]
const facts = (all: readonly Fact[]): VNode =>
  html`<dl class="facts">${all.filter(([, value]) => value !== null && value !== '').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`

function ofEvent(row: TimeRow, event: OrderEvent | undefined): Child {
  const { who, where, ms, note, key, cause } = row
  return [
    facts([
      ['Emitted by', who],
      ['At', event ? moment(event.at) : null],
      ['Since placing', ms === null ? null : duration(ms)],
      ['Record', where && html`<span class="mono">${where}</span>`],
      ['State', note],
      ['Event id', idLine(key, 'the event id')],
      ['Caused by', cause && idLine(cause, 'the cause’s id')],
      ['Trace', event?.traceId ? traceLine(event.traceId) : null],
    ]),
    takersOf(row),
    event &&
      event.payload !== null &&
      event.payload !== undefined &&
      html`<h3>Payload</h3><pre class="json" tabindex="0">${JSON.stringify(event.payload, null, 2)}</pre>`,
    event?.headers && html`<h3>Headers</h3><pre class="json" tabindex="0">${headerLines(event.headers)}</pre>`,
    event && event.headers === null && html`<p class="soft">Payload and headers are shown to operators: give the token at the lock.</p>`,
    !event && html`<p class="soft">The console has not read this record itself.</p>`,
  ]
}

const idLine = (id: string, what: string): VNode =>
  html`<span class="id"><span class="mono cut" title=${id}>${id}</span>${copyButton(id, what)}</span>`

function traceLine(traceId: string): VNode {
  const { traces } = session.get().links
  if (!traces) return idLine(traceId, 'the trace id')
  return html`<a href=${traces.replace('{traceId}', traceId)} target="_blank" rel="noreferrer"><span class="mono">${traceId.slice(0, 12)}…</span> ${icon('away')}</a>`
}

const headerLines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

function takersOf({ marks }: TimeRow): Child {
  if (marks.length === 0) return null
  return html`<h3>Taken by</h3><ul class="takers">${marks.map(
    ({ service, how, ms, tone, letter }) => html`<li key=${service}>
      <span>${service}</span>${letter ? html`<a href=${hrefOf('letters', letter)}>${badge(how, tone)}</a>` : badge(how, tone)}
      <span class="number soft">${ms === null ? '' : duration(ms)}</span>
    </li>`,
  )}</ul>`
}

function ofEffect({ service, kind, key, status, attempts, runAt, firstStartedAt, doneAt, lastError }: Story['effects'][number]): Child {
  const over = status === 'done' || status === 'void'
  return [
    facts([
      ['Of', service],
      ['What', kind],
      ['Status', badge(status, status === 'refused' ? 'bad' : status === 'due' ? 'warn' : status === 'done' ? 'good' : 'quiet')],
      ['Key', idLine(key, 'the key')],
      ['Attempts', String(attempts)],
      ['Due', moment(runAt)],
      ['Begun', firstStartedAt && moment(firstStartedAt)],
      ['Done', doneAt && moment(doneAt)],
      ['Last error', lastError],
    ]),
    !over && twin(`npx -y pnpm@12 ops effects retry ${quoted(key)} --reason "…"`),
    !over && html`<p><a href=${hrefOf('outbox')}>To effects, where it can be tried again</a></p>`,
  ]
}

function ofMail({ fact, subject, status, sentAt }: Story['mails'][number]): Child {
  const { mail } = session.get().links
  return [
    facts([
      ['About', fact],
      ['Subject', subject],
      ['Status', badge(status, status === 'sent' ? 'good' : 'warn')],
      ['Sent', sentAt && moment(sentAt)],
    ]),
    mail && html`<p><a href=${mail} target="_blank" rel="noreferrer">To the mailbox ${icon('away')}</a></p>`,
  ]
}
