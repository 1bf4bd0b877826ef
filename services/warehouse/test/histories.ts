import { OrderCancelled, OrderPlaced, PaymentCaptured, PaymentFailed, PaymentRefunded } from '@quadrille/contracts'
import type { Fact } from '@quadrille/testing/story'
import fc from 'fast-check'
import type { Stock } from '../src/stock.ts'

export const orderId = (n: number) => `0198f2a4-6c1e-7d3a-9b52-${n.toString(16).padStart(12, '0')}`
const money = { amount: 100, currency: 'EUR', reference: 'psp_1' }

export const placedFact = (orderId: string, ...items: [sku: string, quantity: number][]): Fact => ({
  contract: OrderPlaced,
  data: {
    orderId,
    customer: { id: 'c-1', email: 'ada@example.com' },
    items: items.map(([sku, quantity]) => ({ sku, name: sku, quantity, price: 100 })),
    total: 100,
    currency: 'EUR',
    paymentToken: 'tok_ok',
  } as Fact['data'],
})
export const cancelledFact = (orderId: string): Fact => ({ contract: OrderCancelled, data: { orderId, by: 'customer' } as Fact['data'] })
export const capturedFact = (orderId: string): Fact => ({ contract: PaymentCaptured, data: { orderId, ...money } as Fact['data'] })
export const refundedFact = (orderId: string): Fact => ({ contract: PaymentRefunded, data: { orderId, ...money } as Fact['data'] })
export const failedFact = (orderId: string): Fact => ({ contract: PaymentFailed, data: { orderId, reason: 'declined' } as Fact['data'] })

export const shelfOf = (stock: Readonly<Record<string, number>>) =>
  new Map<string, Stock>(Object.entries(stock).map(([sku, onHand]) => [sku, { sku, onHand, reserved: 0, dispatched: 0 }]))

/** What became of one order elsewhere. */
export interface Journey {
  readonly lines: [sku: string, quantity: number][]
  readonly payment: 'none' | 'captured' | 'refunded' | 'failed'
  readonly cancels: number
}

const lines = fc.array(fc.tuple(fc.constantFrom('scarce', 'rare'), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 })

export const anyJourney: fc.Arbitrary<Journey> = fc.record({
  lines,
  payment: fc.constantFrom('none', 'captured', 'refunded', 'failed'),
  cancels: fc.integer({ min: 0, max: 2 }),
})
export const goodJourney: fc.Arbitrary<Journey> = fc.record({ lines, payment: fc.constant('captured'), cancels: fc.constant(0) })

const payments = { none: [], captured: [capturedFact], refunded: [capturedFact, refundedFact], failed: [failedFact] }

export const factsOf = ({ lines, payment, cancels }: Journey, n: number): Fact[] => [
  placedFact(orderId(n), ...lines),
  ...Array.from({ length: cancels }, () => cancelledFact(orderId(n))),
  ...payments[payment].map((fact) => fact(orderId(n))),
]

/** The facts of some orders in any order whatever, any of them more than once. */
export const histories = (journey: fc.Arbitrary<Journey>) =>
  fc.array(journey, { minLength: 1, maxLength: 5 }).chain((journeys) => {
    const facts = journeys.flatMap(factsOf)
    const told = fc
      .subarray(facts)
      .chain((repeats) => fc.shuffledSubarray([...facts, ...repeats], { minLength: facts.length + repeats.length }))
    return fc.record({ journeys: fc.constant(journeys), told })
  })
