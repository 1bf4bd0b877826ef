import type { LetterOrigin, Origin, ServiceName } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useOperator } from '../../store/session.ts'
import { button } from '../../widgets/button.ts'
import { callout } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import type { Shown } from './audited.ts'
import { WAITING } from './code-groups.ts'
import { EndDialog } from './end-dialog.ts'
import { cameFrom, foreignWords } from './origin-words.ts'
import { remedyOf } from './remedy.ts'
import type { Letter } from './selection.ts'
import { typeOf } from './types.ts'

interface Todo {
  readonly letter: Shown
  readonly again: () => void
}

/** The remedy of its code; for a record that an order waits for, whose record it is decides. */
export function WhatToDo({ letter, again }: Todo): VNode {
  const { service, id, code, orderId } = letter
  const { data } = useLoad(`origin ${service}/${id}`, async (signal) =>
    letter.origin === 'event' && orderId !== null ? await ask<LetterOrigin>(`/api/letters/${service}/${id}/origin`, { signal }) : null,
  )
  const { breakIt } = useOperator()
  const origin = data?.origin
  if (origin?.emitted === 'never') return part(Foreign, { letter, origin, again })
  const { cause, what } = remedyOf(code, letter.error)
  const waits = code === WAITING
  return callout(
    waits ? 'info' : 'warn',
    waits ? 'wait' : 'warn',
    html`<strong>${cause}</strong> ${what} ${origin && cameFrom(origin)} ${orderId !== null && html`<a href=${hrefOf('orders', orderId)}>See its order</a>`}
      ${data && data.missing.length > 0 && html`<div>${data.missing.join('; ')}</div>`}
      ${breakIt && letter.error.includes('token-unknown') && demoProvider}`,
  )
}

/** A demo's provider has no desk to ask at: how it stands, and how it is told. */
const demoProvider: VNode = html`<details class="twins"><summary>In this demo the provider is simulated: see what it takes, and have it take that bank on</summary>
  ${twin('curl -s localhost:3010/switch')}
  ${twin(`curl -XPUT localhost:3010/switch -H 'content-type: application/json' -d '{"accept":["tok_of_another_bank"]}'`)}
</details>`

function Foreign({ letter, origin, again }: Todo & { readonly origin: Origin }): VNode {
  const [open, setOpen] = useState(false)
  const close = () => {
    setOpen(false)
    again()
  }
  const letters = origin.letters.map((name) => sameAt(letter, name))
  const does =
    letters.length > 1 &&
    button({ label: `Discard at all ${letters.length} readers…`, kind: 'danger', small: true, onClick: () => setOpen(true) })
  return html`
    ${callout('bad', 'bad', html`<strong>${cameFrom(origin)}</strong> ${foreignWords(typeOf(letter), origin)}`, does)}
    ${open && part(EndDialog, { kind: 'discard', target: { by: 'name', letters }, onClose: close })}
  `
}

/** The same record, as another reader has it. */
function sameAt(letter: Shown, name: string): Letter {
  const [service = '', id = ''] = name.split('/')
  return { ...letter, service: service as ServiceName, id }
}
