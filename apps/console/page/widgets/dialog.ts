import { type Child, html, useEffect, useRef, type VNode } from '../html.ts'
import { button } from './button.ts'

export interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: Child
  readonly wide?: boolean
}

/** The browser's own modal dialog: it keeps the focus, closes on Escape, and gives the focus back. */
export function Dialog({ title, onClose, children, wide }: DialogProps): VNode {
  const self = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    self.current?.showModal()
    return () => self.current?.close()
  }, [])
  const outside = (event: Event) => event.target === self.current && onClose()
  const cancel = (event: Event) => {
    event.preventDefault()
    onClose()
  }
  return html`<dialog ref=${self} class=${wide ? 'wide' : ''} aria-label=${title} onCancel=${cancel} onMouseDown=${outside}>
    <header><h2>${title}</h2>${button({ label: 'Close', icon: 'close', kind: 'plain', bare: true, onClick: onClose })}</header>
    <div class="body">${children}</div>
  </dialog>`
}
