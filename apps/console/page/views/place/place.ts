import { askService } from '../../store/ask.ts'
import { freshKey } from '../../store/fresh-key.ts'
import { patiently, type Several, several } from './patience.ts'
import type { bodyOf } from './request.ts'

export interface Placed {
  readonly orderId: string
  readonly at: string
}

// As many as a browser keeps open beside the stream.
const AT_ONCE = 5

/** Places so many orders, each with a key of its own: asked again, it would not be another order. */
export const placeOrders = (body: ReturnType<typeof bodyOf>, many: number): Promise<Several<Placed>> =>
  several(many, AT_ONCE, (at) => placeOne(body, many === 1 ? body.customer.id : `${body.customer.id}-${at}`))

async function placeOne(body: ReturnType<typeof bodyOf>, customer: string): Promise<Placed> {
  const wish = {
    method: 'POST' as const,
    body: { ...body, customer: { ...body.customer, id: customer } },
    headers: { 'idempotency-key': freshKey() },
  }
  const at = new Date().toISOString()
  // The same key gives the same order, so asking again is safe where nobody knows what became of it.
  const { orderId } = await patiently(() => askService<{ orderId: string }>('orders', '/orders', wish))
  return { orderId, at }
}
