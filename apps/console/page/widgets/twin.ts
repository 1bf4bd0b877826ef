import { html, type VNode } from '../html.ts'
import { button } from './button.ts'
import { say } from './toasts.ts'

/** The command that does, or shows, the same as the page. */
export const twin = (command: string): VNode =>
  html`<div class="twin"><pre tabindex="0" aria-label="The same as a command">${command}</pre>
    ${button({ label: 'Copy the command', icon: 'copy', kind: 'plain', bare: true, onClick: () => copy(command) })}
  </div>`

export const copyButton = (text: string, what: string): VNode =>
  button({ label: `Copy ${what}`, icon: 'copy', kind: 'plain', bare: true, onClick: () => copy(text) })

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => say('Copied'),
    () => say('The browser does not allow copying here: select it and copy by hand', 'bad'),
  )
}
