import type { LetterOrigin, Origin, ServiceName } from '../../../src/api-types.ts'
import { type Child, html, part, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { button } from '../../widgets/button.ts'
import { callout } from '../../widgets/state.ts'
import type { Shown } from './audited.ts'
import { EndDialog } from './end-dialog.ts'
import { cameFrom, foreignWords } from './origin-words.ts'
import { isBroken } from './remedy.ts'
import type { Letter } from './selection.ts'
import { typeOf } from './types.ts'

/** Whose record it is; for one that breaks its contract that decides what is to be done. */
export function WhoseRecord({ letter, again }: { readonly letter: Shown; readonly again: () => void }): Child {
  const { service, id } = letter
  const { data } = useLoad(`origin ${service}/${id}`, (signal) => ask<LetterOrigin>(`/api/letters/${service}/${id}/origin`, { signal }))
  const origin = data?.origin
  if (!origin) return null
  const missing = data.missing.length > 0 && html`<div class="soft">${data.missing.join('; ')}</div>`
  if (origin.emitted === 'never') return part(Foreign, { letter, origin, again })
  const own = origin.emitted === 'emitted' && isBroken(letter.code) && letter.orderId !== null
  const ending =
    own &&
    html` Its own emitter broke the contract: once it is discarded, <a href=${hrefOf('orders', letter.orderId)}>end the order</a> by the operators’ cancel.`
  return html`<p class="whose">${cameFrom(origin)}${ending}${missing}</p>`
}

function Foreign({ letter, origin, again }: { readonly letter: Shown; readonly origin: Origin; readonly again: () => void }): VNode {
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
