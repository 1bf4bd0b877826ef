/** What is meant to become of an order. */
export type Fate = 'paid' | 'declined' | 'short' | 'cancelled'

/** An order to place, at its moment. */
export interface PlannedOrder {
  /** After the start. */
  readonly atMs: number
  readonly fate: Fate
  /** Idempotency-Key, made of the plan's seed: one attempt more never makes one order more. */
  readonly key: string
  /** Sent a second time, this long after the first. */
  readonly againAfterMs?: number
  readonly cancelAfterMs?: number
  readonly body: {
    readonly customer: { readonly id: string; readonly email: string }
    readonly items: readonly { readonly sku: string; readonly quantity: number }[]
    readonly paymentToken: 'tok_ok' | 'tok_declined'
    readonly campaign?: string
  }
}

export interface Plan {
  readonly orders: number
  /** Orders a second. */
  readonly rate: number
  readonly seed: number
  /** Told apart by it: the same seed again is other orders. */
  readonly run: string
  readonly skus: readonly string[]
  readonly soldOut: string
}

const NAMES = ['ada', 'grace', 'edsger', 'barbara', 'leslie', 'tony', 'margaret', 'niklaus', 'radia', 'ken']
const CUSTOMERS = 40
// The hold is 10 s: a cancel comes before the payment, after the dispatch or after the points, as it happens.
const LATEST_CANCEL_MS = 12_000

/** A believable mix, the same for the same seed: 70 % paid, 10 % declined, 8 % out of stock, 12 % cancelled at a random moment. */
export function planOrders(plan: Plan): PlannedOrder[] {
  const random = seeded(plan.seed)
  return Array.from({ length: plan.orders }, (_, n) => planOne(plan, n, random))
}

function planOne({ rate, seed, run, skus, soldOut }: Plan, n: number, random: () => number): PlannedOrder {
  const below = (limit: number) => Math.floor(random() * limit)
  const fate = fateOf(random())
  const customer = below(CUSTOMERS)
  const items = Array.from({ length: 1 + below(3) }, () => ({ sku: skus[below(skus.length)]!, quantity: 1 + below(3) }))
  if (fate === 'short') items.push({ sku: soldOut, quantity: 1 })
  return {
    atMs: (n * 1000) / rate,
    fate,
    key: `demo-${run}-${seed}-${n}`,
    ...(random() < 0.05 && { againAfterMs: below(300) }),
    ...(fate === 'cancelled' && { cancelAfterMs: below(LATEST_CANCEL_MS) }),
    body: {
      customer: { id: `c-${customer}`, email: `${NAMES[customer % NAMES.length]}.${customer}@example.com` },
      items,
      paymentToken: fate === 'declined' ? 'tok_declined' : 'tok_ok',
      ...(random() < 0.2 && { campaign: 'autumn' }),
    },
  }
}

function fateOf(part: number): Fate {
  if (part < 0.7) return 'paid'
  if (part < 0.8) return 'declined'
  return part < 0.88 ? 'short' : 'cancelled'
}

/** mulberry32: small, and good enough for a mix. */
function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
