import type { Counts, OrderPage, OrderQuery, OrderRow } from '../../src/api-types.ts'

/** The orders that a list shows, newest first, each once. */
export interface OrderList {
  readonly query: OrderQuery
  readonly rows: readonly OrderRow[]
  readonly next: string | null
  readonly counts: Counts | null
  readonly stuck: number | null
  /** Stuck ones of which no event was read, so that there is no row of them. */
  readonly unread: readonly string[]
  readonly busy: boolean
  readonly error: unknown
  /** Came while somebody read further down; shown on demand, so that nothing moves under the eye. */
  readonly waiting: readonly OrderRow[]
}

export const emptyList = (query: OrderQuery): OrderList => ({
  ...{ query, rows: [], next: null, counts: null, stuck: null, unread: [], busy: true, error: undefined, waiting: [] },
})

/** More would be no list but a table for a database; a search finds what is further down. */
export const MOST_ROWS = 20_000

export function withPage(list: OrderList, { rows, next, counts, stuck, unread = [] }: OrderPage, from: string | undefined): OrderList {
  const all = from === undefined ? [...rows] : [...list.rows, ...rows.filter(({ orderId }) => orderId < (list.rows.at(-1)?.orderId ?? '~'))]
  const end = all.length >= MOST_ROWS
  return { ...list, rows: all, next: end ? null : next, counts, stuck, unread, busy: false, error: undefined, waiting: [] }
}

/** Takes what changed: rows in place, new ones on top, or aside where `still` says that nobody is at the top. */
export function withChanged(list: OrderList, changed: readonly OrderRow[], still: boolean): OrderList {
  const byId = new Map(changed.map((row) => [row.orderId, row]))
  const newest = list.rows[0]?.orderId ?? ''
  const fresh = [...byId.values()].filter((row) => row.orderId > newest && fits(row, list.query))
  const rows = kept(list, byId, still)
  const waiting = merged(
    list.waiting.map((row) => byId.get(row.orderId) ?? row),
    fresh,
  )
  return still ? { ...list, rows, waiting } : { ...list, rows: bounded([...waiting, ...rows]), waiting: [] }
}

export const withWaiting = (list: OrderList): OrderList => ({ ...list, rows: bounded([...list.waiting, ...list.rows]), waiting: [] })

/** A row that no longer fits the filter goes, unless it would move what somebody reads. Looks at what changed alone: a list may be long. */
function kept({ rows, query }: OrderList, byId: ReadonlyMap<string, OrderRow>, still: boolean): readonly OrderRow[] {
  const places = [...byId.keys()].map((orderId) => placeOf(rows, orderId)).filter((at) => at >= 0)
  if (places.length === 0) return rows
  const next = [...rows]
  for (const at of places) next[at] = byId.get(rows[at]!.orderId)!
  const gone = new Set(still || query.search ? [] : places.filter((at) => !fits(next[at]!, query)))
  return gone.size === 0 ? next : next.filter((_, at) => !gone.has(at))
}

/** Rows stand by their ids, the newest first; below zero where there is no such row. */
function placeOf(rows: readonly OrderRow[], orderId: string): number {
  let [low, high] = [0, rows.length - 1]
  while (low <= high) {
    const at = (low + high) >> 1
    const found = rows[at]!.orderId
    if (found === orderId) return at
    if (found > orderId) low = at + 1
    else high = at - 1
  }
  return -1
}

function merged(before: readonly OrderRow[], fresh: readonly OrderRow[]): OrderRow[] {
  const all = new Map([...before, ...fresh].map((row) => [row.orderId, row]))
  return [...all.values()].sort((a, b) => (a.orderId < b.orderId ? 1 : -1)).slice(0, MOST_ROWS)
}

const bounded = (rows: readonly OrderRow[]) => (rows.length > MOST_ROWS ? rows.slice(0, MOST_ROWS) : rows)

/** Whether a new order belongs into the list; what only the server can tell (a search) it is asked for. */
function fits({ status, stuck }: OrderRow, { status: wanted, search }: OrderQuery): boolean {
  if (search) return false
  if (wanted === undefined) return true
  if (wanted === 'open') return status === 'placed' || status === 'paid'
  return wanted === 'stuck' ? stuck === true : status === wanted
}
