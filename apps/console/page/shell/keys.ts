import { go, hrefOf } from '../router.ts'
import { session } from '../store/session.ts'
import { createStore } from '../store/store.ts'
import { viewsWhere } from '../views.ts'

/** What the keys open that is not a view. */
export const opened = createStore<'help' | 'session' | null>(null)

const HELD_MS = 1_200
let leading = 0

/** Single keys for those who know them; every one has something to press, too. */
export function followKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
    if (press(event.key)) event.preventDefault()
  })
}

function press(key: string): boolean {
  const led = performance.now() - leading < HELD_MS
  leading = 0
  if (led) return leads(key)
  switch (key) {
    case 'g':
      leading = performance.now()
      return true
    case '?':
      opened.change(() => 'help')
      return true
    case '/':
      return find()
    case 'j':
      return move(1)
    case 'k':
      return move(-1)
    default:
      return false
  }
}

function leads(key: string): boolean {
  const view = viewsWhere(session.get().breakIt).find((one) => one.key === key)
  if (view) go(hrefOf(view.name))
  return view !== undefined
}

/** The search of the view, or else that of the orders. */
function find(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]')
  if (field) field.select()
  else go(hrefOf('orders', null, { find: 'yes' }))
  field?.focus()
  return true
}

/** Rows are what a view marks with `data-row`: the link or button that opens it. */
function move(by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null)
