import type { PlacedOrder } from '@quadrille/load'
import { withClient } from '@quadrille/testing'

export interface Outcome {
  readonly orderId: string
  readonly status: string
  /** When the transaction that made it `dispatched` was committed, in milliseconds; null if it never was. */
  readonly dispatchedAt: number | null
}

// The claim of the event and the order's new status are one transaction, and the claim's row never changes again: its xmin is that one.
const OUTCOMES = `
  select o.order_id as "orderId", o.status, (extract(epoch from pg_xact_commit_timestamp(p.xmin)) * 1000)::float8 as "dispatchedAt"
  from orders o
  left join processed_events p on p.key = o.order_id::text and p.headers->>'ce_type' = 'OrderDispatched.v1'
  where o.order_id = any($1::uuid[])`

/** Orders that were there before. */
export const knownOrders = (database: string) =>
  withClient(database, async (client) => (await client.query<{ orderId: string }>('select order_id as "orderId" from orders')).rows)

/** How each order ended, as the books of orders have it. */
export const readOutcomes = (database: string, orderIds: readonly string[]): Promise<Outcome[]> =>
  withClient(database, async (client) => (await client.query<Outcome>(OUTCOMES, [orderIds])).rows)

/** POST until dispatched, of the orders that ended so. Both ends are this machine's clock. */
export function dispatchTimes(placed: readonly Pick<PlacedOrder, 'orderId' | 'intendedAt'>[], outcomes: readonly Outcome[]): number[] {
  const ends = new Map(outcomes.filter(({ status }) => status === 'dispatched').map(({ orderId, dispatchedAt }) => [orderId, dispatchedAt]))
  return placed.flatMap(({ orderId, intendedAt }) => {
    const end = ends.get(orderId)
    return end == null ? [] : [end - intendedAt]
  })
}

const COUNTER = /^duplicates_absorbed(?:_total)?(?:\{.*\})? (\S+)/gm

/** Repeats that the services took for what they were, since they started. */
export async function duplicatesAbsorbed(services: readonly string[]): Promise<number> {
  const texts = await Promise.all(services.map(async (url) => (await fetch(`${url}/metrics`)).text()))
  return texts.flatMap((text) => [...text.matchAll(COUNTER)]).reduce((sum, [, value]) => sum + Number(value), 0)
}
