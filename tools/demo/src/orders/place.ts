import { setTimeout as pause } from 'node:timers/promises'
import type { Fate, PlannedOrder } from './mix.ts'

/** What came of one planned order. */
export interface PlacedOrder {
  readonly orderId: string
  readonly fate: Fate
  readonly key: string
  /** What the second POST with the same key was answered, if there was one. */
  readonly again?: string
  /** When it was meant to be sent, on this machine's clock: a slow shop cannot hide behind requests that were sent late. */
  readonly intendedAt: number
  readonly cancel?: 'accepted' | 'refused'
}

export interface Placement {
  readonly placed: readonly PlacedOrder[]
  readonly refused: readonly string[]
}

export interface PlaceOptions {
  readonly shop: string
  readonly plan: readonly PlannedOrder[]
  readonly onPlaced: () => void
}

const TRIES = 20

/** Sends every order at its moment, whatever the ones before are doing, and its cancel and its repeat at theirs. */
export async function placeOrders({ shop, plan, onPlaced }: PlaceOptions): Promise<Placement> {
  const start = Date.now()
  const refused: string[] = []

  async function one(order: PlannedOrder): Promise<PlacedOrder[]> {
    const { fate, key, againAfterMs, cancelAfterMs } = order
    await pause(start + order.atMs - Date.now())
    const second = againAfterMs === undefined ? undefined : pause(againAfterMs).then(() => post(shop, order))
    const orderId = await post(shop, order).finally(onPlaced)
    const again = await second
    const cancel = cancelAfterMs === undefined ? undefined : await pause(cancelAfterMs).then(() => cancelled(shop, orderId))
    return [{ orderId, fate, key, intendedAt: start + order.atMs, ...(again && { again }), ...(cancel && { cancel }) }]
  }
  const refuse = (error: Error): PlacedOrder[] => {
    refused.push(error.message)
    return []
  }
  const fates = await Promise.all(plan.map((order) => one(order).catch(refuse)))
  return { placed: fates.flat(), refused }
}

async function post(shop: string, { key, body }: PlannedOrder): Promise<string> {
  // 409: the first request with this key is still under way.
  const answer = await send(`${shop}/orders`, { body: JSON.stringify(body), headers: { 'idempotency-key': key } }, [409])
  const text = await answer.text()
  if (answer.status !== 201) throw new Error(`POST /orders answered ${answer.status}: ${text.slice(0, 200)}`)
  return (JSON.parse(text) as { orderId: string }).orderId
}

async function cancelled(shop: string, orderId: string): Promise<'accepted' | 'refused'> {
  const { status } = await send(`${shop}/orders/${orderId}/cancel`, { body: '{}' })
  return status < 300 ? 'accepted' : 'refused'
}

/** Tries again while the shop is away or busy: an order carries its key, and a cancel may be repeated. */
async function send(url: string, init: { body: string; headers?: Record<string, string> }, later: number[] = []): Promise<Response> {
  for (let left = TRIES; ; left--) {
    try {
      const signal = AbortSignal.timeout(10_000)
      const answer = await fetch(url, { ...init, method: 'POST', signal, headers: { 'content-type': 'application/json', ...init.headers } })
      if (left === 0 || (answer.status < 500 && ![429, ...later].includes(answer.status))) return answer
    } catch (error) {
      if (left === 0) throw error
    }
    await pause(500)
  }
}
