import type { AuditRow, ServiceName } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useNow } from '../../store/now.ts'
import { badge } from '../../widgets/badge.ts'
import { button } from '../../widgets/button.ts'
import { icon } from '../../widgets/icon.ts'
import { callout, failed, loading } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import { ago } from '../ago.ts'
import { auditTable } from './audit.ts'
import { aboutLetter, type Shown } from './audited.ts'
import { WAITING } from './code-groups.ts'
import { EndDialog } from './end-dialog.ts'
import { behindCard, factsCard, headersCard, payloadCard } from './letter-cards.ts'
import { reasonOf } from './reason.ts'
import { remedyOf } from './remedy.ts'
import type { Kind } from './selection.ts'
import { WhatToDo } from './what-to-do.ts'

export interface LetterProps {
  readonly service: string
  readonly id: string
}

const MOST_AUDIT = 200

/** One dead letter: its record beside what breaks its contract, what waits behind it, and what was done about it. */
export function LetterDetails({ service, id }: LetterProps): VNode {
  const now = useNow()
  const letter = useLoad(`${service}/${id}`, (signal) =>
    askService<Omit<Shown, 'service'>>(service, `/admin/dead-letters/${id}`, { signal }),
  )
  const audit = useLoad(`audit ${service}`, (signal) =>
    askService<readonly AuditRow[]>(service, `/admin/audit?limit=${MOST_AUDIT}`, { signal }),
  )
  const again = () => {
    letter.again()
    audit.again()
  }
  return html`<div class="view letters letter">
    <p><a class="back" href=${hrefOf('letters')}>${icon('back')}Dead letters</a></p>
    ${letter.error !== undefined && failed(`Letter ${service}/${id} could not be read.`, letter.error, letter.again)}
    ${letter.data ? body({ service: service as ServiceName, ...letter.data }, audit.data ?? [], now, again) : letter.error === undefined && loading(8)}
  </div>`
}

function body(letter: Shown, audit: readonly AuditRow[], now: number, again: () => void): VNode {
  const { service, id, status, code } = letter
  const done = aboutLetter(letter, audit).map((row) => ({ service, ...row }))
  return html`
    <header class="head">
      <h1>${service}/${id}</h1>${badge(code, status !== 'open' || code === WAITING ? 'quiet' : 'bad')}${status !== 'open' && badge(status, 'good')}
      ${status === 'open' && part(Actions, { letter, again })}
    </header>
    ${status === 'open' ? part(WhatToDo, { letter, again }) : outcome(letter, audit, now)}
    <div class="columns">
      <div>${factsCard(letter, now)}${behindCard(letter)}${headersCard(letter)}</div>
      <div>${payloadCard(letter)}</div>
    </div>
    ${done.length > 0 && html`<section class="card"><header><h2>What operators did about it</h2></header>${auditTable(done, now)}</section>`}
    ${twin(`npx -y pnpm@12 ops dlq show ${service}/${id}`)}
  `
}

const outcome = (letter: Shown, audit: readonly AuditRow[], now: number): VNode =>
  callout(
    'info',
    'done',
    `It was ${letter.status}${letter.endedAt ? ` ${ago(letter.endedAt, now)}` : ''}: ${reasonOf(letter, audit)}. It stays here for the record.`,
  )

function Actions({ letter, again }: { readonly letter: Shown; readonly again: () => void }): VNode {
  const [kind, setKind] = useState<Kind | null>(null)
  const close = () => {
    setKind(null)
    again()
  }
  const first = remedyOf(letter.code).action
  return html`<div class="does">
    ${button({ label: 'Redrive…', kind: first === 'redrive' ? 'primary' : 'normal', onClick: () => setKind('redrive') })}
    ${button({ label: 'Discard…', kind: 'danger', onClick: () => setKind('discard') })}
    ${kind && part(EndDialog, { kind, target: { by: 'name', letters: [letter] }, onClose: close })}
  </div>`
}
