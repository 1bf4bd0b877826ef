import { askService, Problem } from '../../store/ask.ts'
import type { bodyOf } from './request.ts'

export interface Placed {
  readonly orderId: string
  readonly at: string
}

// As many as a browser keeps open beside the stream.
const AT_ONCE = 5

/** Places so many orders, each with a key of its own: asked again, it would not be another order. */
export async function placeOrders(body: ReturnType<typeof bodyOf>, many: number): Promise<readonly Placed[]> {
  const placed: Placed[] = []
  let left = many
  const one = async () => {
    while (left > 0) {
      left -= 1
      placed.push(await placeOne(body, many === 1 ? body.customer.id : `${body.customer.id}-${left}`))
    }
  }
  await Promise.all(Array.from({ length: Math.min(many, AT_ONCE) }, one))
  return placed
}

const TRIES = 3

async function placeOne(body: ReturnType<typeof bodyOf>, customer: string): Promise<Placed> {
  const key = crypto.randomUUID()
  const wish = {
    method: 'POST' as const,
    body: { ...body, customer: { ...body.customer, id: customer } },
    headers: { 'idempotency-key': key },
  }
  const at = new Date().toISOString()
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { orderId } = await askService<{ orderId: string }>('orders', '/orders', wish)
      return { orderId, at }
    } catch (error) {
      // The same key gives the same order, so asking again is safe where nobody knows what became of it.
      if (attempt === TRIES || !(error instanceof Problem) || error.status !== 0) throw error
    }
  }
}
