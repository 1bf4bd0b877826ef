import type { OrderRow } from '../../../src/api-types.ts'
import { type Child, html, useEffect, useRef, useState, type VNode } from '../../html.ts'
import { go, hrefOf } from '../../router.ts'
import { useNow } from '../../store/now.ts'
import { badge, dot, statusBadge } from '../../widgets/badge.ts'
import { sightOf } from '../../widgets/window.ts'
import { age, duration, money } from '../../widgets/words.ts'

const ROW = 36

export interface RowsProps {
  readonly rows: readonly OrderRow[]
  readonly onEnd: () => void
  readonly onScroll: (top: number) => void
  readonly below: Child
}

/** A table of any length: only what is in sight is drawn, the rest is room. */
export function Rows({ rows, onEnd, onScroll, below }: RowsProps): VNode {
  const self = useRef<HTMLDivElement>(null)
  const [{ top, height }, see] = useState({ top: 0, height: 800 })
  const now = useNow()
  useEffect(() => {
    const box = self.current!
    const look = () => see({ top: box.scrollTop, height: box.clientHeight })
    const observer = new ResizeObserver(look)
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  const scrolled = ({ currentTarget }: Event) => {
    const box = currentTarget as HTMLElement
    see({ top: box.scrollTop, height: box.clientHeight })
    onScroll(box.scrollTop)
  }
  const sight = sightOf({ count: rows.length, rowHeight: ROW, top, height })
  // Twenty screens ahead of the end, so that nobody waits there.
  const near = rows.length > 0 && sight.end > rows.length - 60
  useEffect(() => void (near && onEnd()), [near, rows.length])
  return html`<div class="scroll rows" ref=${self} onScroll=${scrolled} tabindex="0" role="region" aria-label="Orders, newest first">
    <table class="table" aria-rowcount=${rows.length + 1}>
      <thead><tr><th scope="col">Order</th><th scope="col">Status</th><th scope="col" class="number">Total</th><th scope="col" class="last customer">Customer</th><th scope="col" class="last">Last event</th>
        <th scope="col" class="number took">After</th><th scope="col" class="number">Placed</th></tr></thead>
      <tbody>
        ${room('above', sight.above)}
        ${rows.slice(sight.first, sight.end).map((row, at) => line(row, sight.first + at + 2, now))}
        ${room('below', sight.below)}
      </tbody>
    </table>
    ${below}
  </div>`
}

const room = (key: string, height: number): Child =>
  height > 0 && html`<tr key=${key} class="room" aria-hidden="true"><td style=${`height: ${height}px`}></td></tr>`

function line(
  { orderId, short, status, total, currency, customer, placedAt, changedAt, last, stuck }: OrderRow,
  index: number,
  now: number,
): VNode {
  const href = hrefOf('orders', orderId)
  const took = Date.parse(changedAt) - Date.parse(placedAt)
  return html`<tr key=${orderId} class="does" aria-rowindex=${index} onClick=${() => go(href)}>
    <td><a class="mono" data-row href=${href}>${short}</a></td>
    <td class="status">${statusBadge(status)} ${stuck && badge('stuck', 'bad', 'It goes no further unless somebody does something')}</td>
    <td class="number">${amount(money(total, currency))}</td>
    <td class="soft last cut">${customer ?? '–'}</td>
    <td class="soft last">${last.type}</td>
    <td class="number soft took">${took > 0 ? duration(took) : ''}</td>
    <td class="number soft" title=${placedAt}>${age(placedAt, now)}</td>
  </tr>`
}

/** On a phone without its currency: the status needs the room. */
function amount(text: string): Child {
  const [value, unit] = text.split(' ')
  return html`${value}${unit && html`<span class="unit"> ${unit}</span>`}`
}

export const waitingPill = (many: number, show: () => void): Child =>
  many > 0 && html`<button type="button" class="pill" onClick=${show}>${dot('info')}${many} new, show</button>`
