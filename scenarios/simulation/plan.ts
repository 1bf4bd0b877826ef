import type { Chance, Mishaps } from '@quadrille/testing/memory'

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
  /** How likely, at each step, a process dies, freezes, or a group reads again. */
  readonly crash: number
  readonly freeze: number
  readonly rewind: number
  readonly lostAnswers: number
  /** How long provider and mail server answer nobody. */
  readonly downMs: number
  /** Garbage in a topic. */
  readonly poison: 'none' | 'keyed' | 'keyless'
  /** After these many steps the environment is well. */
  readonly faultySteps: number
}

export const services = ['orders', 'payments', 'warehouse', 'loyalty', 'email'] as const

const SCARCE = ['teapot-raku', 'cup-moon']
const AMPLE = ['mug-blue', 'tea-assam']
const TOKENS = ['tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_slow']

/** Most histories have some mishaps and others not, or none; `rough` ones have all, and more instances that race. */
export function createPlan(chance: Chance, { rough = false } = {}): Plan {
  const roughness = rough ? 1 : chance.pick([0, 0.3, 1])
  const sometimes = (probability: number) => (rough || chance.happens(0.5) ? probability * roughness : 0)
  return {
    orders: Array.from({ length: 1 + chance.below(4) }, (_, index) => createOrder(chance, index)),
    stock: [...SCARCE.map((sku) => ({ sku, units: chance.below(4) })), ...AMPLE.map((sku) => ({ sku, units: 1_000 }))],
    instances: Object.fromEntries(services.map((name) => [name, chance.happens(rough ? 0.6 : 0.2) ? 2 : 1])),
    mishaps: {
      statement: sometimes(0.01),
      commit: sometimes(0.01),
      send: sometimes(0.1),
      acknowledgement: sometimes(0.1),
      delay: sometimes(0.2),
    },
    hurry: sometimes(0.02),
    crash: sometimes(0.003),
    freeze: sometimes(0.002),
    rewind: sometimes(0.003),
    lostAnswers: sometimes(0.2),
    downMs: sometimes(1) > 0 ? chance.below(2_500) : 0,
    poison: chance.pick(['none', 'none', 'none', 'none', 'keyed', 'keyless']),
    faultySteps: 200 + chance.below(1_500),
  }
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
  const afterMs = () => chance.pick([0, 5, 50, 300, 900, 1_500])
  if (chance.happens(0.3)) yield { by: 'cancel' as const, afterMs: afterMs() }
  if (chance.happens(0.1)) yield { by: 'cancelByOperator' as const, afterMs: afterMs() }
}
