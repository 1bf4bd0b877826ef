import { html, part, useState, type VNode } from '../html.ts'
import { ask } from '../store/ask.ts'
import { forgetToken, identify, session, UNNAMED, useOperator } from '../store/session.ts'
import { button } from '../widgets/button.ts'
import { Dialog } from '../widgets/dialog.ts'
import { failed } from '../widgets/state.ts'
import { say } from '../widgets/toasts.ts'

/** Who works here: the operators' token, which every change needs, and a name for the audit. */
export function TokenDialog({ onClose }: { readonly onClose: () => void }): VNode {
  const operator = useOperator()
  const [token, setToken] = useState(operator.token ?? '')
  const [name, setName] = useState(operator.operator === UNNAMED ? '' : operator.operator)
  const [error, setError] = useState<unknown>(null)
  const submit = (event: Event) => {
    event.preventDefault()
    tried(token.trim(), name.trim() || UNNAMED).then(
      () => {
        say('The token is right')
        onClose()
      },
      (reason: unknown) => setError(reason),
    )
  }
  const forget = () => {
    forgetToken()
    onClose()
  }
  const typed = (set: (text: string) => void) => (event: Event) => set((event.target as HTMLInputElement).value)
  const children = html`<form onSubmit=${submit}>
    <p class="soft">Who operates needs the token that the services were started with, OPS_TOKEN. OPS_READ_TOKEN is taken too, and only looks: a change is then refused. It stays in this tab and is forgotten with it.</p>
    ${error && failed('The token was not taken', error)}
    <label class="field"><span>Token</span><input class="input mono" type="password" autocomplete="off" required autofocus value=${token} onInput=${typed(setToken)} /></label>
    <label class="field"><span>Your name, for the audit</span><input class="input" maxlength="64" value=${name} onInput=${typed(setName)} /></label>
    <footer>
      ${operator.token !== null && button({ label: 'Forget the token', kind: 'danger', onClick: forget })}
      ${button({ label: 'Use it', kind: 'primary', type: 'submit' })}
    </footer>
  </form>`
  return part(Dialog, { title: 'Operator', onClose, children })
}

/** Asks a service that must be told the token; what was known before comes back if it is wrong. */
async function tried(token: string, name: string): Promise<void> {
  const before = session.get()
  identify(token, name)
  await ask('/api/services/orders/admin/outbox').catch((error: unknown) => {
    session.change(() => before)
    throw error
  })
}
