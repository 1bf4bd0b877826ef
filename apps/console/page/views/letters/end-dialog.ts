import { html, part, useState, type VNode } from '../../html.ts'
import { useLoad } from '../../store/load.ts'
import { useOperator } from '../../store/session.ts'
import { button } from '../../widgets/button.ts'
import { Dialog } from '../../widgets/dialog.ts'
import { callout, failed, loading } from '../../widgets/state.ts'
import { reasonField, tokenNeeded, twins } from '../change/dialog.ts'
import { NameField } from '../change/name.ts'
import { curlOf, endCode, endLetters } from '../change/twins.ts'
import { areForeign, changeOfCode, changeOfLetter, lettersOf, look, type Wishes } from './asks.ts'
import { Letters, Running } from './end-progress.ts'
import { aboutEnd } from './end-words.ts'
import { type Kind, letterName, needsForce, type Target, type Would, wouldSentence } from './selection.ts'

export interface EndProps {
  readonly kind: Kind
  readonly target: Target
  readonly onClose: () => void
}

const USUAL_RATE = 50

/** Looks first, then does it, then shows how far it is. */
export function EndDialog({ kind, target, onClose }: EndProps): VNode {
  const [wishes, setWishes] = useState<Wishes>({ reason: '', rate: USUAL_RATE, force: false })
  const [begun, setBegun] = useState(false)
  const props = { kind, target, wishes: { ...wishes, reason: wishes.reason.trim() }, onClose }
  const children = begun
    ? target.by === 'code'
      ? part(Running, { ...props, target })
      : part(Letters, { ...props, letters: lettersOf(kind, target.letters) })
    : part(Form, {
        ...props,
        typed: wishes,
        set: (more: Partial<Wishes>) => setWishes({ ...wishes, ...more }),
        onBegin: () => setBegun(true),
      })
  return part(Dialog, { title: titleOf(kind, target), wide: true, onClose, children })
}

function titleOf(kind: Kind, target: Target): string {
  const verb = kind === 'redrive' ? 'Redrive' : 'Discard'
  if (target.by === 'code') return `${verb} all ${target.code} of ${target.service}`
  const [first] = target.letters
  return target.letters.length === 1 && first ? `${verb} letter ${letterName(first)}` : `${verb} ${target.letters.length} letters`
}

export type Doing = EndProps & { readonly wishes: Wishes }
type FormProps = Doing & { readonly typed: Wishes; readonly set: (more: Partial<Wishes>) => void; readonly onBegin: () => void }

function Form({ kind, target, wishes, typed, set, onBegin, onClose }: FormProps): VNode {
  const { token } = useOperator()
  const would = useLoad(`look ${wishes.force}`, (signal) => look(kind, target, { ...wishes, reason: '' }, signal))
  const foreign = useLoad('foreign', (signal) => areForeign(kind, target, signal))
  const ready = token !== null && (would.data?.would ?? 0) > 0 && (kind === 'redrive' || wishes.reason !== '')
  const begin = (event: Event) => {
    event.preventDefault()
    onBegin()
  }
  return html`<form onSubmit=${begin}>
    <p class="about">${aboutEnd(kind, foreign.data === true)}</p>
    ${token === null && tokenNeeded()}
    ${needsForce(target) && kind === 'discard' && forceField(typed, set)}
    ${would.error !== undefined ? failed('It cannot be done like this.', would.error, would.again) : would.data ? wouldBox(kind, would.data) : loading(3)}
    ${token !== null && part(NameField, {})}
    ${reasonField(typed.reason, (reason) => set({ reason }), kind === 'discard')}
    ${target.by === 'code' && rateField(typed, set)}
    ${twins(commandsOf(kind, target, wishes))}
    <footer>
      ${button({ label: 'Leave it', onClick: onClose })}
      ${button({ label: labelOf(kind, would.data?.would), kind: kind === 'discard' ? 'danger' : 'primary', type: 'submit', disabled: !ready })}
    </footer>
  </form>`
}

const labelOf = (kind: Kind, would = 0) => `${kind === 'redrive' ? 'Redrive' : 'Discard'} ${would === 1 ? 'it' : `all ${would}`}`

const wouldBox = (kind: Kind, would: Would): VNode =>
  html`<div class="would" role="status">
    <strong>${wouldSentence(kind, would)}</strong>
    ${would.sample.length > 0 && html`<ul tabindex="0" aria-label="The first of them">${would.sample.map(sampleLine)}</ul>`}
    ${would.would > would.told && html`<p class="soft">and ${would.would - would.told} more</p>`}
  </div>`

const sampleLine = ({ code, error, names }: Would['sample'][number]): VNode =>
  html`<li><code>${code}</code> ${error}<span class="soft">${names.join(', ')}</span></li>`

const rateField = ({ rate }: Wishes, set: FormProps['set']): VNode =>
  html`<label class="field rate"><span>At most so many orders or letters a second</span>
    <input class="input" type="number" name="rate" min="1" max="100000" value=${rate} onInput=${(event: Event) => set({ rate: Number((event.target as HTMLInputElement).value) || USUAL_RATE })} /></label>`

const forceField = ({ force }: Wishes, set: FormProps['set']): VNode =>
  callout(
    'warn',
    'warn',
    html`<label class="force"><input type="checkbox" name="force" checked=${force} onChange=${(event: Event) => set({ force: (event.target as HTMLInputElement).checked })} />
      Some of them only wait: they are sound events, and are then never handled. Discard these all the same.</label>`,
  )

function commandsOf(kind: Kind, target: Target, wishes: Wishes): string[] {
  if (target.by === 'code')
    return [
      endCode(kind, target.service, target.code, wishes),
      curlOf(changeOfCode(kind, target.service, target.code, wishes), location.origin),
    ]
  const letters = lettersOf(kind, target.letters)
  const ops = endLetters(kind, letters.map(letterName), wishes)
  return [ops, ...letters.slice(0, 1).map((letter) => curlOf(changeOfLetter(kind, letter, wishes), location.origin))]
}
