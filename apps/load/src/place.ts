import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, ask } from './ask.ts'
import { type Fate, type Mix, ordersWithoutEnd, type PlannedOrder } from './mix.ts'

/** An order that was answered with 201. */
export interface PlacedOrder {
  readonly orderId: string
  readonly fate: Fate
  readonly key: string
  /** What the second POST with the same key was answered, if there was one. */
  readonly again?: string
  /** When it was meant to be sent, on this machine's clock: a slow shop cannot hide behind requests that were sent late. */
  readonly intendedAt: number
  readonly answeredAt: number
  /** The trace that began with it. */
  readonly traceparent?: string
  /** Absent where no cancel was sent, also because all had ended before. */
  readonly cancel?: 'accepted' | 'refused' | 'unanswered'
}

export interface NotPlaced {
  readonly key: string
  readonly reason: string
}

/** What the shop promised. */
export interface Placement {
  readonly placed: readonly PlacedOrder[]
  /** A definite no. */
  readonly refused: readonly NotPlaced[]
  /** Neither yes nor no until patience ended: such an order may exist. */
  readonly unanswered: readonly NotPlaced[]
}

export type Outcome = { readonly placed: PlacedOrder } | { readonly refused: NotPlaced } | { readonly unanswered: NotPlaced }

export interface PlaceOptions {
  /** Where orders listens. */
  readonly shop: string
  readonly orders: Iterable<PlannedOrder>
  /** Nothing is begun after it; what was begun is asked for until it is answered. */
  readonly signal?: AbortSignal
  /** How long an order, or a cancel, is asked for again under its key: 60 s unless set. */
  readonly patienceMs?: number
  /** When the answer is there, before any cancel. */
  readonly onPlaced?: (order: PlacedOrder) => void
}

export type StreamOptions = Omit<PlaceOptions, 'orders'> & Mix

/** Sends every order at its moment, whatever the ones before are doing, and its repeat and its cancel at theirs. */
export async function placeOrders(options: PlaceOptions): Promise<Placement> {
  const placement = { placed: [] as PlacedOrder[], refused: [] as NotPlaced[], unanswered: [] as NotPlaced[] }
  await placeEach(options, (outcome) => {
    if ('placed' in outcome) placement.placed.push(outcome.placed)
    else if ('refused' in outcome) placement.refused.push(outcome.refused)
    else placement.unanswered.push(outcome.unanswered)
  })
  return placement
}

/** Places orders of a mix until the signal comes, and tells what was promised. */
export const placeStream = (options: StreamOptions & { readonly signal: AbortSignal }): Promise<Placement> =>
  placeOrders({ ...options, orders: ordersWithoutEnd(options) })

/** As `placeOrders`, but keeps nothing: each outcome is told when all that belongs to the order has happened. */
export async function placeEach(options: PlaceOptions, tell: (outcome: Outcome) => void): Promise<void> {
  const start = Date.now()
  const begun = new Set<Promise<void>>()
  for (const order of options.orders) {
    const intendedAt = start + order.atMs
    if (!(await waited(intendedAt - Date.now(), options.signal))) break
    const done: Promise<void> = placeOne(options, order, intendedAt)
      .then(tell)
      .finally(() => begun.delete(done))
    begun.add(done)
  }
  await Promise.all(begun)
}

async function placeOne(options: PlaceOptions, order: PlannedOrder, intendedAt: number): Promise<Outcome> {
  const { fate, key, againAfterMs, cancelAfterMs } = order
  const after = async (ms: number | undefined) => ms !== undefined && (await waited(ms, options.signal))
  const second = after(againAfterMs).then((now) => (now ? post(options, order) : undefined))
  const first = await post(options, order)
  const answeredAt = Date.now()
  const known = (answer: Answer): PlacedOrder => ({ ...idsOf(answer), fate, key, intendedAt, answeredAt })
  if (first?.status === 201) options.onPlaced?.(known(first))
  const again = await second
  const answer = [first, again].find((one) => one?.status === 201) ?? first ?? again
  if (!answer) return { unanswered: { key, reason: 'POST /orders was not answered' } }
  if (answer.status !== 201) return { refused: { key, reason: `POST /orders answered ${inWords(answer)}` } }
  if (answer !== first) options.onPlaced?.(known(answer))
  const repeated = again?.status === 201 && { again: idsOf(again).orderId }
  const cancelled = (await after(cancelAfterMs)) && { cancel: await cancel(options, idsOf(answer).orderId) }
  return { placed: { ...known(answer), ...repeated, ...cancelled } }
}

const idsOf = ({ body, traceparent }: Answer) => ({ orderId: String(body.orderId), ...(traceparent && { traceparent }) })
const inWords = ({ status, body }: Answer) => `${status}: ${JSON.stringify(body).slice(0, 200)}`

const PATIENCE_MS = 60_000

// 409: the first request with this key is still under way.
const post = ({ shop, patienceMs = PATIENCE_MS }: PlaceOptions, { key, body }: PlannedOrder) =>
  ask({ url: `${shop}/orders`, body, headers: { 'idempotency-key': key }, patienceMs, later: [409] })

async function cancel({ shop, patienceMs = PATIENCE_MS }: PlaceOptions, orderId: string): Promise<PlacedOrder['cancel']> {
  const answer = await ask({ url: `${shop}/orders/${orderId}/cancel`, body: {}, patienceMs })
  if (!answer) return 'unanswered'
  return answer.status < 300 ? 'accepted' : 'refused'
}

/** True when the time has passed, false when it was cut short. */
const waited = (ms: number, signal?: AbortSignal): Promise<boolean> =>
  pause(Math.max(ms, 0), true, { signal }).catch((error: Error) => {
    if (error.name === 'AbortError') return false
    throw error
  })
