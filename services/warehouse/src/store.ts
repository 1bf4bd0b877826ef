import type { SharedStore, StateStore, Trx } from '@quadrille/messaging'
import type { Allocation } from './allocation.ts'
import type { Line, Stock } from './stock.ts'

const LOAD = `
  select order_id as "orderId", status, paid, stop, items
  from allocations
  where order_id = any($1::uuid[])`

const SAVE = `
  insert into allocations (order_id, status, paid, stop, items)
  select "orderId", status, paid, stop, items
  from jsonb_to_recordset($1::jsonb) as allocation("orderId" uuid, status text, paid boolean, stop boolean, items jsonb)
  on conflict (order_id) do update set
    status = excluded.status, paid = excluded.paid, stop = excluded.stop, items = excluded.items, changed_at = now()`

/** Orders are locked by the runtime's own row, so nothing is locked here. */
export const allocationStore = {
  async load(trx, orderIds) {
    const allocations = await trx.query<Allocation>(LOAD, [orderIds])
    return new Map(allocations.map((allocation) => [allocation.orderId, allocation]))
  },
  save: (trx, allocations) => trx.query(SAVE, [JSON.stringify(allocations)]),
} satisfies StateStore<Allocation>

// Sorted: 12 lanes that locked unsorted had dozens of deadlocks and ran 36 times slower.
const LOCK_STOCK = `
  select sku, on_hand as "onHand", reserved, dispatched
  from stock
  where sku = any($1)
  order by sku
  for update`

// Only what orders move: a receipt adds to on_hand and received, and waits for the lock like any order.
const SAVE_STOCK = `
  update stock set on_hand = moved."onHand", reserved = moved.reserved, dispatched = moved.dispatched
  from jsonb_to_recordset($1::jsonb) as moved(sku text, "onHand" int, reserved int, dispatched int)
  where stock.sku = moved.sku`

/** One row per SKU, which many orders compete for. */
export const stockStore = {
  keys: ({ status, items }, fact) => skusOf(status === 'none' ? linesOf(fact) : holdsUnits(status) ? items : []),
  keyOf: ({ sku }) => sku,
  async load(trx, skus) {
    const stock = await trx.query<Stock>(LOCK_STOCK, [skus])
    return new Map(stock.map((row) => [row.sku, row]))
  },
  save: (trx, stock) => trx.query(SAVE_STOCK, [JSON.stringify(stock)]),
} satisfies SharedStore<Allocation, Stock>

const skusOf = (lines: readonly Line[]) => lines.map(({ sku }) => sku)
const linesOf = ({ items = [] }: { readonly items?: unknown }) => items as readonly Line[]
const holdsUnits = (status: Allocation['status']) => status === 'reserved' || status === 'dispatched'

export interface Product {
  readonly sku: string
  readonly stock: number
}

const SEED = `
  insert into stock (sku, on_hand, initial, position)
  select sku, stock, stock, position
  from rows from (jsonb_to_recordset($1::jsonb) as (sku text, stock int)) with ordinality as product(sku, stock, position)
  on conflict (sku) do nothing`

/** Puts what the catalogue says on the shelf, once: a SKU that is there already is left as it is. */
export const seedStock = (trx: Trx, products: readonly Product[]) => trx.query(SEED, [JSON.stringify(products)])
