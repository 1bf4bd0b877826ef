import type { Chance, Mishaps, Outage } from '@quadrille/testing/memory'

/** What one customer will do. */
export interface PlannedOrder {
  readonly customerId: string
  readonly key: string
  readonly token: string
  readonly items: readonly { sku: string; name: string; quantity: number; price: number }[]
  /** Asks twice at once, as an impatient browser does. */
  readonly twice: boolean
  readonly cancels: readonly { readonly by: 'cancel' | 'cancelByOperator'; readonly afterMs: number }[]
}

/** Everything about a history that is settled before it begins. */
export interface Plan {
  readonly orders: readonly PlannedOrder[]
  readonly stock: readonly { readonly sku: string; readonly units: number }[]
  readonly instances: Readonly<Record<string, number>>
  readonly mishaps: Mishaps
  readonly hurry: number
  /** The most milliseconds that timers ring late. */
  readonly late: number
  /** How likely, at each step, a process dies, freezes, is stopped and started again, or a group reads again. */
  readonly crash: number
  readonly freeze: number
  readonly stop: number
  readonly rewind: number
  readonly outages: readonly Outage[]
  readonly lostAnswers: number
  /** How long provider and mail server answer nobody. */
  readonly downMs: number
  /** Until then the provider refuses whoever asks, as with a key that is no longer good. */
  readonly refusingMs: number
  /** One handler of a service throws. */
  readonly bug: { readonly service: string; readonly place: number; readonly mendedAtMs: number } | undefined
  /** Garbage in a topic. */
  readonly poison: 'none' | 'keyed' | 'keyless'
  /** After these many steps the environment is well. */
  readonly faultySteps: number
}

export const services = ['orders', 'payments', 'warehouse', 'loyalty', 'email'] as const

const SCARCE = ['teapot-raku', 'cup-moon']
const AMPLE = ['mug-blue', 'tea-assam']
const TOKENS = ['tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_slow']

// Two orders already race for stock, and one with itself: most histories are small, so that there can be many.
const ORDERS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 3]
const INSTANCES = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3]
const POISON = ['none', 'none', 'none', 'none', 'none', 'none', 'none', 'none', 'keyed', 'keyless'] as const

/** Most histories have some mishaps and others not, or none; `rough` ones have all, and more instances that race. */
export function createPlan(chance: Chance, { rough = false } = {}): Plan {
  const roughness = rough ? 1 : chance.pick([0, 0.3, 1])
  const sometimes = (probability: number) => (rough || chance.happens(0.5) ? probability * roughness : 0)
  return {
    orders: Array.from({ length: chance.pick(rough ? [1, 2, 3, 4] : ORDERS) }, (_, index) => createOrder(chance, index)),
    stock: [...SCARCE.map((sku) => ({ sku, units: chance.pick([0, 1, 2, 3, 4, 6]) })), ...AMPLE.map((sku) => ({ sku, units: 1_000 }))],
    instances: Object.fromEntries(services.map((name) => [name, chance.pick(rough ? [1, 2, 2, 3] : INSTANCES)])),
    mishaps: {
      statement: sometimes(0.01),
      commit: sometimes(0.01),
      send: sometimes(0.1),
      acknowledgement: sometimes(0.1),
      delay: sometimes(0.2),
    },
    hurry: sometimes(0.02),
    late: chance.pick([0, 100, 300, 900]),
    crash: sometimes(0.003),
    freeze: sometimes(0.002),
    stop: sometimes(0.002),
    rewind: sometimes(0.003),
    outages: sometimes(0.4) > chance.next() ? [createOutage(chance)] : [],
    lostAnswers: sometimes(0.2),
    downMs: sometimes(1) > 0 ? chance.below(1_200) : 0,
    refusingMs: chance.happens(0.1) ? 200 + chance.below(1_200) : 0,
    bug: chance.happens(0.1)
      ? { service: chance.pick(services), place: chance.below(99), mendedAtMs: 200 + chance.below(1_200) }
      : undefined,
    poison: chance.pick(POISON),
    faultySteps: 200 + chance.below(1_500),
  }
}

function createOutage(chance: Chance): Outage {
  const fromMs = chance.below(800)
  return { of: chance.pick(['kafka', 'kafka', ...services]), fromMs, untilMs: fromMs + 50 + chance.below(1_500) }
}

function createOrder(chance: Chance, index: number): PlannedOrder {
  const skus = [...SCARCE, ...AMPLE].filter(() => chance.happens(0.4))
  const items = (skus.length > 0 ? skus : [chance.pick(SCARCE)]).map((sku) => ({
    sku,
    name: sku,
    quantity: 1 + chance.below(2),
    price: 90 + chance.below(900),
  }))
  return {
    customerId: `c-${index % 2}`,
    key: `key-${index}`,
    token: chance.pick(TOKENS),
    items,
    twice: chance.happens(0.15),
    cancels: [...createCancels(chance)],
  }
}

function* createCancels(chance: Chance) {
  const afterMs = () => chance.pick([0, 5, 50, 150, 400, 700])
  if (chance.happens(0.3)) yield { by: 'cancel' as const, afterMs: afterMs() }
  if (chance.happens(0.1)) yield { by: 'cancelByOperator' as const, afterMs: afterMs() }
}
