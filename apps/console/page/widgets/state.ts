import { type Child, html, type VNode } from '../html.ts'
import { Problem } from '../store/problem.ts'
import { button } from './button.ts'
import { type IconName, icon } from './icon.ts'

/** A view, or a part of one, that has nothing to show: what would stand here, and how it comes about. */
export const nothing = (sign: IconName, title: string, more?: Child): VNode =>
  html`<div class="nothing">${icon(sign)}<strong>${title}</strong>${more && html`<p>${more}</p>`}</div>`

/** Something failed: what, why as far as the answer tells, and another try. */
export const failed = (what: string, error: unknown, again?: () => void): VNode =>
  html`<div class="callout bad" role="alert">
    ${icon('bad')}
    <div><strong>${what}</strong><div>${reasonOf(error)}</div></div>
    ${again && button({ label: 'Try again', icon: 'again', small: true, onClick: again })}
  </div>`

export function reasonOf(error: unknown): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error)
  const fields = error.fields.map(({ path, message }) => `${path}: ${message}`)
  return [error.message, ...fields].join(' · ')
}

export const callout = (tone: 'info' | 'warn' | 'bad', sign: IconName, children: Child, does?: Child): VNode =>
  html`<div class=${`callout ${tone}`}>${icon(sign)}<div>${children}</div>${does}</div>`

/** Rows of grey while the answer is on its way. */
export const loading = (rows = 6): VNode =>
  html`<div class="loading" role="status">
    <span class="unseen">Loading</span>
    ${Array.from({ length: rows }, (_, at) => html`<span class="skeleton" style=${`width: ${88 - ((at * 17) % 46)}%`}></span>`)}
  </div>`
