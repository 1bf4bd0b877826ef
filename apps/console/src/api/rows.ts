import type { OrderRow } from '../api-types.ts'
import type { Standing } from '../model/standing.ts'

/** An order as lists show it. */
export const rowOf = (
  { orderId, status, total, currency, customer, placedAt, changedAt, lastType }: Standing,
  stuck?: ReadonlySet<string>,
): OrderRow => ({
  ...{ orderId, short: orderId.slice(-8).toUpperCase(), status, total, currency, customer },
  placedAt: timeOf(placedAt),
  changedAt: timeOf(changedAt),
  last: { type: lastType, at: timeOf(changedAt) },
  stuck: stuck?.has(orderId) ?? null,
})

const timeOf = (ms: number) => new Date(ms).toISOString()
