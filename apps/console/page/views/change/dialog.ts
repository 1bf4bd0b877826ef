import { type Child, html, part, useState, type VNode } from '../../html.ts'
import { opened } from '../../shell/keys.ts'
import { askService } from '../../store/ask.ts'
import { notDone } from '../../store/problem.ts'
import { useOperator } from '../../store/session.ts'
import { button } from '../../widgets/button.ts'
import { Dialog } from '../../widgets/dialog.ts'
import { callout, failed } from '../../widgets/state.ts'
import { say } from '../../widgets/toasts.ts'
import { twin } from '../../widgets/twin.ts'
import { NameField } from './name.ts'
import { type Change, curlOf } from './twins.ts'

export interface ChangeProps<Answer> {
  readonly title: string
  /** What it does, and what it does not. */
  readonly about: Child
  /** Of the button that does it. */
  readonly label: string
  readonly danger?: boolean
  readonly reason: 'needed' | 'optional' | 'none'
  readonly change: (reason: string) => Change
  /** The line of ops that does the same. */
  readonly ops: (reason: string) => string
  /** What is said once it is done. */
  readonly done: (answer: Answer) => string
  readonly onDone?: (answer: Answer) => void
  readonly onClose: () => void
}

/** One change through the operators' API: why, the same as a command, and what came of it. */
export function ChangeDialog<Answer>(props: ChangeProps<Answer>): VNode {
  const { title, about, label, danger, onClose } = props
  const [reason, setReason] = useState('')
  const { busy, error, submit } = useSubmit(props, reason.trim())
  const { token } = useOperator()
  const ready = token !== null && (props.reason !== 'needed' || reason.trim() !== '')
  const children = html`<form onSubmit=${submit}>
    <div class="about">${about}</div>
    ${token === null && tokenNeeded()}
    ${token !== null && part(NameField, {})}
    ${props.reason !== 'none' && reasonField(reason, setReason, props.reason === 'needed')}
    ${twins([props.ops(reason.trim()), curlOf(props.change(reason.trim()), location.origin)])}
    ${error !== null && failed(notDone('done', 'The audit under Dead letters tells.', error), error)}
    <footer>
      ${button({ label: 'Leave it', onClick: onClose })}
      ${button({ label, kind: danger ? 'danger' : 'primary', type: 'submit', busy, disabled: !ready })}
    </footer>
  </form>`
  return part(Dialog, { title, onClose, children })
}

function useSubmit<Answer>({ change, done, onDone, onClose }: ChangeProps<Answer>, reason: string) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    try {
      const { service, path, body } = change(reason)
      const answer = await askService<Answer>(service, `/${path}`, { method: 'POST', body: body ?? {} })
      say(done(answer))
      onDone?.(answer)
      onClose()
    } catch (cause) {
      setError(cause)
      setBusy(false)
    }
  }
  return { busy, error, submit }
}

const MOST_REASON = 200

export const reasonField = (reason: string, set: (reason: string) => void, needed: boolean): VNode =>
  html`<label class="field">
    <span>Why${needed ? ' (needed)' : ' (if you like)'}, for the audit and for whoever wonders</span>
    <input class="input" name="reason" autocomplete="off" maxlength=${MOST_REASON} required=${needed} value=${reason}
      onInput=${(event: Event) => set((event.target as HTMLInputElement).value)} />
  </label>`

export const twins = (commands: readonly string[]): VNode =>
  html`<details class="twins"><summary>The same as a command</summary>${commands.map(twin)}</details>`

/** Nothing can be changed without it, and the page is told so before it tries. */
export const tokenNeeded = (): VNode =>
  callout(
    'info',
    'locked',
    'Changes need the operators’ token.',
    button({ label: 'Give it', small: true, onClick: () => opened.change(() => 'session') }),
  )
