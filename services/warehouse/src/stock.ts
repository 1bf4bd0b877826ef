/** What there is of one SKU. A unit is always in exactly one of three places. */
export interface Stock {
  readonly sku: string
  readonly onHand: number
  readonly reserved: number
  readonly dispatched: number
}

export interface Line {
  readonly sku: string
  readonly quantity: number
}

export type Shelf = ReadonlyMap<string, Stock>
type Place = 'onHand' | 'reserved' | 'dispatched'

/** Each SKU once: an order may name the same one on several lines. */
export function addUp(lines: readonly Line[]): Line[] {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }))
}

/** What cannot be set aside whole. A SKU that nobody stocks is one of which there are 0. */
export const missingFrom = (shelf: Shelf, items: readonly Line[]) =>
  items
    .map(({ sku, quantity }) => ({ sku, requested: quantity, available: shelf.get(sku)?.onHand ?? 0 }))
    .filter(({ requested, available }) => requested > available)

/** The changed rows after these units went from one place to another. */
export const move = (shelf: Shelf, items: readonly Line[], from: Place, to: Place): Stock[] =>
  items.map(({ sku, quantity }) => {
    const stock = shelf.get(sku)!
    return { ...stock, [from]: stock[from] - quantity, [to]: stock[to] + quantity }
  })
