import type { BreakState, Broken, Fault, ServiceName } from '../../../src/api-types.ts'
import { type Child, html, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { ask } from '../../store/ask.ts'
import { button } from '../../widgets/button.ts'
import { icon } from '../../widgets/icon.ts'
import { reasonOf } from '../../widgets/state.ts'
import { say } from '../../widgets/toasts.ts'
import { twin } from '../../widgets/twin.ts'
import { type Asked, askedOf, type Body, bodyOf, curlOf, lastsWords, numberOf, openTargets, standingOf, standingWords } from './words.ts'

export interface FaultProps {
  readonly fault: Fault
  readonly state: BreakState
  readonly again: () => void
}

/** One thing to break: what it does, what to look at, its switch, and what stands of it. */
export function FaultCard({ fault, state, again }: FaultProps): VNode {
  const { id, title, does, see, where } = fault
  const asked = askedOf(fault)
  const [many, long] = [useNumber(asked.number), useNumber(asked.seconds)]
  const { busy, post } = usePost(fault, again)
  const body = (target: ServiceName | null) => bodyOf(target, many.value, long.value === fault.seconds ? null : long.value)
  const standing = standingOf(state, fault)
  const open = openTargets(state, fault)
  const disabled = busy || many.wrong || long.wrong
  return html`<section class=${`card fault ${standing.length > 0 ? 'standing' : ''}`} aria-label=${title}>
    <header><h3>${title}</h3><span class="soft">${lastsWords({ seconds: long.value ?? fault.seconds })}</span></header>
    <div class="body">
      <p>${does}</p>
      <p class="see"><b>You should see:</b> ${see}</p>
      <p class="where">Look at ${where.map(({ view, query, title: name }) => html`<a href=${hrefOf(view, null, query)}>${name}</a>`)}</p>
      ${standing.map((one) => standingRow(one, fault, () => post(`${id}/undo`, bodyOf(one.target, null))))}
      ${
        open.length > 0 &&
        html`<div class="begin">
          ${many.field}${long.field}
          ${open.map((target) => beginButton(fault, target, disabled, () => post(id, body(target))))}
        </div>`
      }
      ${latelyOf(state, fault)}
      <details class="twins"><summary>The same as a command</summary>${twin(curlOf(`/api/break/${id}`, body(fault.targets[0] ?? null), location.origin))}</details>
    </div>
  </section>`
}

/** A number that is typed; without a field where nobody is asked for one. */
function useNumber(asked: Asked | null) {
  const [typed, setTyped] = useState(String(asked?.usual ?? ''))
  const value = numberOf(typed, asked)
  return { value, wrong: asked !== null && value === null, field: asked && numberField(asked, typed, setTyped) }
}

function usePost({ title }: Fault, again: () => void) {
  const [busy, setBusy] = useState(false)
  const post = (path: string, body: Body) => {
    setBusy(true)
    ask(`/api/break/${path}`, { method: 'POST', body })
      .catch((error: unknown) => say(`${title}: ${reasonOf(error)}`, 'bad'))
      .finally(() => {
        setBusy(false)
        again()
      })
  }
  return { busy, post }
}

const standingRow = (one: Broken, fault: Fault, undo: () => void): VNode =>
  html`<div class=${`stands ${one.failure ? 'failing' : ''}`} key=${one.target ?? ''}>
    ${icon('wait')}<span>${standingWords(one, fault)}</span>
    ${button({ label: 'Undo now', title: `Undo: ${fault.title}${one.target ? `, ${one.target}` : ''}`, small: true, onClick: undo })}
  </div>`

const beginButton = ({ title }: Fault, target: ServiceName | null, disabled: boolean, onClick: () => void): VNode =>
  button({ label: target ?? 'Break it', title: `${title}${target ? `: ${target}` : ''}`, kind: 'danger', small: true, disabled, onClick })

const numberField = ({ name, label, least, most }: Asked, typed: string, set: (typed: string) => void): Child =>
  html`<label class="many"><input class="input" type="number" name=${name} min=${least} max=${most} value=${typed}
    onInput=${(event: Event) => set((event.target as HTMLInputElement).value)} /> ${label}</label>`

/** What the last one came to, for as long as the console runs. */
function latelyOf({ lately }: BreakState, { id }: Fault): Child {
  const last = lately.find(({ fault }) => fault === id)
  return last && html`<p class="lately" role="status">${last.target ? `${last.target}: ` : ''}${last.words}</p>`
}
