import { html, type VNode } from '../html.ts'
import { createStore, useStore } from '../store/store.ts'
import { button } from './button.ts'
import { icon } from './icon.ts'

interface Toast {
  readonly id: number
  readonly tone: 'good' | 'bad'
  readonly text: string
}

const MOST = 4
const SHOWN_MS = 6_000
// What went wrong stays until it was read; a screen full of it does not.
const SHOWN_BAD_MS = 20_000

const toasts = createStore<readonly Toast[]>([])
let last = 0

/** Says briefly what an action came to, also to screen readers. */
export function say(text: string, tone: Toast['tone'] = 'good'): void {
  const toast = { id: ++last, tone, text }
  toasts.change((shown) => [...shown, toast].slice(-MOST))
  setTimeout(() => forget(toast.id), tone === 'good' ? SHOWN_MS : SHOWN_BAD_MS)
}

const forget = (id: number) => toasts.change((shown) => shown.filter((toast) => toast.id !== id))

export function Toasts(): VNode {
  const shown = useStore(toasts, (all) => all)
  return html`<div class="toasts" role="status" aria-live="polite">
    ${shown.map(
      ({ id, tone, text }) => html`<div key=${id} class=${`toast ${tone}`}>
        ${icon(tone === 'good' ? 'done' : 'bad')}<div>${text}</div>
        ${button({ label: 'Dismiss', icon: 'close', kind: 'plain', bare: true, onClick: () => forget(id) })}
      </div>`,
    )}
  </div>`
}
