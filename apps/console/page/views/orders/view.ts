import type { Counts, OrderQuery } from '../../../src/api-types.ts'
import { type Child, html, part, useEffect, useRef, type VNode } from '../../html.ts'
import { hrefOf, refine } from '../../router.ts'
import { usePulse } from '../../store/stream.ts'
import type { ViewProps } from '../../views.ts'
import { dot, toneOf } from '../../widgets/badge.ts'
import { icon } from '../../widgets/icon.ts'
import { failed, loading, nothing } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import { inWords, number } from '../../widgets/words.ts'
import { Order } from '../order/view.ts'
import { type OrderLines, useOrders } from './list.ts'
import { Rows, waitingPill } from './rows.ts'
import { unreadOrders } from './unread.ts'

/** All orders, or one of them. */
export const OrdersView = ({ route }: ViewProps): VNode =>
  route.of === null ? part(Orders, { route }) : part(Order, { key: route.of, orderId: route.of })

const chips = ['', 'open', 'stuck', 'placed', 'paid', 'dispatched', 'payment_failed', 'out_of_stock', 'cancelled'] as const

/** Rows further down than this: somebody reads there. */
const READING_PX = 40

function Orders({ route: { query } }: ViewProps): VNode {
  const wanted: OrderQuery = {
    status: chips.find((chip) => chip !== '' && chip === query.status) as OrderQuery['status'],
    search: query.search ?? '',
  }
  const top = useRef(0)
  const lines = useOrders(wanted, () => top.current > READING_PX)
  const pulse = usePulse()
  const { list } = lines
  // Of what is searched for, the server has counted what it found.
  const counted = wanted.search ? list : { counts: pulse?.counts ?? list.counts, stuck: pulse?.stuck ?? list.stuck }
  return html`<div class="view filling orders">
    <header class="head">
      <h1>Orders</h1>
      <div class="find">${icon('search')}${part(Search, { search: wanted.search ?? '', focus: query.find === 'yes' })}</div>
    </header>
    <div class="chips" role="group" aria-label="Which orders">${chips.map((chip) => filter(chip, wanted.status ?? '', counted))}</div>
    ${wanted.status === 'stuck' && unreadOrders(lines.list.unread)}
    <section class="card filled" aria-busy=${lines.list.busy}>${body(lines, top)}</section>
  </div>`
}

function Search({ search, focus }: { readonly search: string; readonly focus: boolean }): VNode {
  const self = useRef<HTMLInputElement>(null)
  useEffect(() => void (focus && self.current?.focus()), [focus])
  const typed = () => refine({ search: self.current!.value.trim(), find: undefined })
  const left = (event: KeyboardEvent) => event.key === 'Escape' && self.current!.closest('main')!.focus()
  const words = 'Order id, short number or customer'
  const brief = 'Id, number or customer'
  return html`<input ref=${self} class="input" type="search" placeholder=${brief} aria-label=${words} value=${search} onInput=${typed} onKeyDown=${left} /><kbd>/</kbd>`
}

function filter(chip: string, chosen: string, counted: Counted): VNode {
  const many = countOf(chip, counted)
  return html`<button key=${chip} type="button" class="chip" aria-pressed=${chip === chosen} onClick=${() => refine({ status: chip })}>
    ${chip !== '' && chip !== 'open' && dot(chip === 'stuck' ? 'bad' : toneOf(chip))}${chip === '' ? 'all' : inWords(chip)}${many !== null && html`<b>${number(many)}</b>`}
  </button>`
}

type Counted = Pick<OrderLines['list'], 'counts' | 'stuck'>

function countOf(chip: string, { counts, stuck }: Counted): number | null {
  if (chip === 'stuck') return stuck
  if (!counts) return null
  if (chip === '') return Object.values(counts).reduce((sum, each) => sum + each, 0)
  return chip === 'open' ? counts.placed + counts.paid : counts[chip as keyof Counts]
}

function body({ list, more, again, showWaiting }: OrderLines, top: { current: number }): Child {
  if (list.error !== undefined && list.rows.length === 0) return failed('The orders could not be read', list.error, again)
  if (list.rows.length === 0) return list.busy ? loading(12) : none(list.query, list.unread.length)
  const below =
    list.error === undefined
      ? list.next !== null && html`<p class="soft more">more are on their way</p>`
      : failed('No more could be read', list.error, more)
  const onEnd = () => list.next !== null && list.error === undefined && more()
  const onScroll = (at: number) => {
    top.current = at
  }
  return [waitingPill(list.waiting.length, showWaiting), part(Rows, { key: 'rows', rows: list.rows, onEnd, onScroll, below })]
}

function none({ status, search }: OrderQuery, unread: number): VNode {
  if (search)
    return nothing(
      'search',
      'No order is found',
      html`Search by a whole order id, the beginning of a short number, or a customer’s id. <a href=${hrefOf('orders')}>All orders</a>`,
    )
  if (status === 'stuck')
    return nothing(
      'done',
      unread > 0 ? 'No order that was read is stuck' : 'No order is stuck',
      twin('npx -y pnpm@12 ops orders ls --open --older 60s'),
    )
  if (status) return nothing('orders', `No order is ${inWords(status)}`, html`<a href=${hrefOf('orders')}>All orders</a>`)
  return nothing('orders', 'No orders yet', html`<a href=${hrefOf('place')}>Place the first one</a>`)
}
