import { type Child, html, type VNode } from '../html.ts'
import { type IconName, icon } from './icon.ts'

export interface ButtonProps {
  readonly label: string
  readonly onClick?: (event: Event) => void
  readonly icon?: IconName
  readonly kind?: 'normal' | 'primary' | 'danger' | 'plain'
  readonly small?: boolean
  /** Shows its icon alone; the label is still what it is called. */
  readonly bare?: boolean
  readonly busy?: boolean
  readonly disabled?: boolean
  readonly type?: 'button' | 'submit'
  readonly title?: string
  readonly class?: string
  readonly expanded?: boolean
}

export function button({ label, onClick, kind = 'normal', type = 'button', ...more }: ButtonProps): VNode {
  const { small, bare, busy = false, disabled = false, expanded } = more
  const look = ['button', kind, small && 'small', bare && 'square', more.class].filter(Boolean).join(' ')
  return html`<button
    type=${type}
    class=${look}
    disabled=${disabled || busy}
    aria-busy=${busy || undefined}
    aria-label=${bare ? label : undefined}
    aria-expanded=${expanded}
    title=${more.title ?? (bare ? label : undefined)}
    onClick=${onClick}
  >${signOf(more.icon, busy)}${bare ? null : label}</button>`
}

const signOf = (name: IconName | undefined, busy: boolean): Child => (busy ? icon('again', true) : name ? icon(name) : null)
