import { type Child, html, useState } from '../../html.ts'
import { nameOperator, session, UNNAMED } from '../../store/session.ts'

/** Asked for once, where a change is made; it can be changed at the lock. */
export function NameField(): Child {
  const [unnamed] = useState(() => session.get().operator === UNNAMED)
  if (!unnamed) return null
  const typed = ({ target }: Event) => nameOperator((target as HTMLInputElement).value)
  return html`<label class="field">
    <span>Your name, for the audit; it is kept in this browser</span>
    <input class="input" name="operator" autocomplete="name" maxlength="64" onInput=${typed} />
  </label>`
}
