import type { Session } from '../../src/api-types.ts'
import { createStore, useStore } from './store.ts'

export interface Operator {
  /** Null: the page shows, and changes nothing. */
  readonly token: string | null
  /** As the audit tells it. */
  readonly operator: string
  readonly links: Session['links']
  readonly breakIt: boolean
}

const TOKEN = 'operators-token'
const NAME = 'operator'
/** Whoever has not said a name. */
export const UNNAMED = 'console'

// The token is forgotten with the tab; only the name is kept for longer.
const kept = () => ({ token: sessionStorage.getItem(TOKEN), operator: localStorage.getItem(NAME) ?? UNNAMED })

export const session = createStore<Operator>({ ...kept(), links: {}, breakIt: false })

export const useOperator = () => useStore(session, (now) => now)

/** Asks what this page may do. On the machine of the demo the token is handed over with it; what was typed in wins. */
export async function openSession(): Promise<void> {
  // Elsewhere the page tells nobody where it was opened; here the answer depends on it.
  const answer = await fetch('/api/session', { referrerPolicy: 'origin' }).catch(() => undefined)
  if (!answer?.ok) return
  const { token, links, breakIt } = (await answer.json()) as Session
  session.change((now) => ({ ...now, token: now.token ?? token, links, breakIt }))
}

export function identify(token: string, operator: string): void {
  sessionStorage.setItem(TOKEN, token)
  localStorage.setItem(NAME, operator)
  session.change((now) => ({ ...now, token, operator }))
}

/** As the audit will tell it from now on. */
export function nameOperator(name: string): void {
  const operator = name.trim() || UNNAMED
  localStorage.setItem(NAME, operator)
  session.change((now) => ({ ...now, operator }))
}

export function forgetToken(): void {
  sessionStorage.removeItem(TOKEN)
  session.change((now) => ({ ...now, token: null }))
}
