import type { OrderPage, OrderQuery } from '../../../src/api-types.ts'
import { useEffect, useState } from '../../html.ts'
import { ask } from '../../store/ask.ts'
import { emptyList, type OrderList, withChanged, withPage, withWaiting } from '../../store/order-list.ts'
import { createStore, type Store, useStore } from '../../store/store.ts'
import { onOrders, useLive } from '../../store/stream.ts'

export interface OrderLines {
  readonly list: OrderList
  readonly more: () => void
  readonly again: () => void
  readonly showWaiting: () => void
}

const PAGE = 200
const PATIENCE_MS = 3_000

const addressOf = ({ status, search, before }: OrderQuery) => {
  const wanted = Object.entries({ status, search, before, limit: String(PAGE) }).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  )
  return `/api/orders?${new URLSearchParams(wanted)}`
}

/** The orders that fit, page by page as they are scrolled to, and live. `still` says whether somebody reads further down. */
export function useOrders(query: OrderQuery, still: () => boolean): OrderLines {
  const [store] = useState(() => createStore<OrderList>(emptyList(query)))
  const list = useStore(store, (now) => now)
  const returns = useLive((now) => now.returns)
  const stuck = useLive(({ pulse }) => pulse?.stuck ?? null)
  const again = () => void load(store)
  useEffect(() => {
    // What was shown stays until the answer is there, so that a filter does not flicker.
    store.change((now) => ({ ...now, query, busy: true, waiting: [] }))
    const timer = setTimeout(again, query.search ? 120 : 0)
    return () => clearTimeout(timer)
  }, [query.status, query.search, returns, query.status === 'stuck' && stuck])
  useEffect(() => {
    const timer = list.error === undefined ? undefined : setTimeout(again, PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [list.error])
  useEffect(() => onOrders(({ rows }) => store.change((now) => withChanged(now, rows, still()))), [])
  return { list, again, more: () => void load(store, store.get().next ?? undefined), showWaiting: () => store.change(withWaiting) }
}

async function load(store: Store<OrderList>, before?: string): Promise<void> {
  const { query, busy } = store.get()
  if (before !== undefined && busy) return
  store.change((now) => ({ ...now, busy: true }))
  const current = () => store.get().query === query
  try {
    const page = await ask<OrderPage>(addressOf({ ...query, ...(before && { before }) }))
    if (current()) store.change((now) => withPage(now, page, before))
  } catch (error) {
    if (current()) store.change((now) => ({ ...now, busy: false, error }))
  }
}
