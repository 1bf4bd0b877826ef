import type { OrderRow } from '../../../src/api-types.ts'

/** The newest orders: those that were asked for, as they have changed since, and those that came since. Ids stand in order of placing. */
export function newestOf(asked: readonly OrderRow[], changed: ReadonlyMap<string, OrderRow>, most: number): OrderRow[] {
  const all = new Map(asked.map((row) => [row.orderId, row]))
  for (const row of changed.values()) all.set(row.orderId, row)
  return [...all.values()].sort((a, b) => (a.orderId < b.orderId ? 1 : -1)).slice(0, most)
}
