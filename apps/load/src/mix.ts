import { seeded } from './random.ts'

/** What is meant to become of an order. */
export type Fate = 'paid' | 'declined' | 'short' | 'scarce' | 'cancelled'

/** An order to place, at its moment. */
export interface PlannedOrder {
  /** After the start. */
  readonly atMs: number
  readonly fate: Fate
  /** Idempotency-Key, made of the plan's seed: one attempt more never makes one order more. */
  readonly key: string
  /** Sent a second time, this long after the first. */
  readonly againAfterMs?: number
  /** After the answer. */
  readonly cancelAfterMs?: number
  readonly body: {
    readonly customer: { readonly id: string; readonly email: string }
    readonly items: readonly { readonly sku: string; readonly quantity: number }[]
    readonly paymentToken: string
    readonly campaign?: string
  }
}

/** What can be ordered, by how much of it there is. */
export interface Wares {
  readonly ample: readonly string[]
  readonly soldOut: string
  /** There is a little: who gets it is anybody's guess. Not ordered where it is not named. */
  readonly scarce?: string
}

export interface Mix {
  /** Orders a second. */
  readonly rate: number
  readonly seed: number
  /** Told apart by it: the same seed again is other orders. */
  readonly run: string
  readonly wares: Wares
  readonly latestCancelMs?: number
  /** What those pay with who can pay, each as often as it is named. */
  readonly tokens?: readonly string[]
}

export interface Plan extends Mix {
  readonly orders: number
}

const CUSTOMERS = 40
const NAMES = ['ada', 'grace', 'edsger', 'barbara', 'leslie', 'tony', 'margaret', 'niklaus', 'radia', 'ken']
// The hold is 10 s: a cancel comes before the payment, after the dispatch or after the points, as it happens.
const LATEST_CANCEL_MS = 12_000

/** A believable mix, the same for the same seed: 70 % paid, 10 % declined, 8 % out of stock, 12 % cancelled at a random moment. */
export const planOrders = (plan: Plan): PlannedOrder[] => ordersWithoutEnd(plan).take(plan.orders).toArray()

/** The same mix, for as long as anybody asks. */
export function* ordersWithoutEnd(mix: Mix): Generator<PlannedOrder, undefined> {
  const random = seeded(mix.seed)
  for (let n = 0; ; n++) yield planOne(mix, n, random)
}

function planOne(mix: Mix, n: number, random: () => number): PlannedOrder {
  const { rate, seed, run, wares, latestCancelMs = LATEST_CANCEL_MS } = mix
  const below = (limit: number) => Math.floor(random() * limit)
  const fate = fateOf(random(), wares)
  const body = bodyOf(mix, fate, below)
  return {
    atMs: (n * 1000) / rate,
    fate,
    key: `load-${run}-${seed}-${n}`,
    ...(random() < 0.05 && { againAfterMs: below(300) }),
    ...(fate === 'cancelled' && { cancelAfterMs: below(latestCancelMs) }),
    body: { ...body, ...(random() < 0.2 && { campaign: 'autumn' }) },
  }
}

function bodyOf({ wares, tokens = ['tok_ok'] }: Mix, fate: Fate, below: (limit: number) => number) {
  const one = <T>(choices: readonly T[]) => choices[below(choices.length)]!
  const customer = below(CUSTOMERS)
  const items = Array.from({ length: 1 + below(3) }, () => ({ sku: one(wares.ample), quantity: 1 + below(3) }))
  if (fate === 'short') items.push({ sku: wares.soldOut, quantity: 1 })
  if (fate === 'scarce') items.push({ sku: wares.scarce!, quantity: 1 })
  return {
    customer: { id: `c-${customer}`, email: `${NAMES[customer % NAMES.length]}.${customer}@example.com` },
    items,
    paymentToken: fate === 'declined' ? 'tok_declined' : one(tokens),
  }
}

function fateOf(part: number, { scarce }: Wares): Fate {
  if (scarce !== undefined && part < 0.04) return 'scarce'
  if (part < 0.7) return 'paid'
  if (part < 0.8) return 'declined'
  return part < 0.88 ? 'short' : 'cancelled'
}
