import { html, part, type VNode } from '../html.ts'
import { useOperator } from '../store/session.ts'
import { viewsWhere } from '../views.ts'
import { Dialog } from '../widgets/dialog.ts'

const others = [
  [['/'], 'search'],
  [['j'], 'next row'],
  [['k'], 'row before'],
  [['Enter'], 'open the row'],
  [['Esc'], 'close a dialog, leave a search'],
  [['?'], 'this help'],
] as const

export function Help({ onClose }: { readonly onClose: () => void }): VNode {
  const { breakIt } = useOperator()
  const all = [...others, ...viewsWhere(breakIt).map(({ key, title }) => [['g', key], title] as const)]
  const rows = all.map(([keys, what]) => html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${what}</dd>`)
  return part(Dialog, { title: 'Keys', onClose, children: html`<dl class="keys">${rows}</dl>` })
}
