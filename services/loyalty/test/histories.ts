import { OrderCancelled, OrderPlaced, PaymentCaptured, PaymentFailed, PaymentRefunded } from '@quadrille/contracts'
import type { Fact } from '@quadrille/testing/story'
import fc from 'fast-check'

export const orderId = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
const money = { amount: 3470, currency: 'EUR', reference: 'psp_1' }
const fact = (contract: Fact['contract'], data: object): Fact => ({ contract, data: { orderId, ...data } })

export const placedFor = (total: number): Fact =>
  fact(OrderPlaced, {
    customer: { id: 'c-1', email: 'ada@example.com' },
    items: [{ sku: 'mug', name: 'Mug', quantity: 1, price: total }],
    total,
    currency: 'EUR',
    paymentToken: 'tok_ok',
  })
export const cancelled = fact(OrderCancelled, { by: 'customer' })
export const captured = fact(PaymentCaptured, money)
export const refunded = fact(PaymentRefunded, money)
export const failed = fact(PaymentFailed, { reason: 'declined' })

const payments = fc.constantFrom([], [failed], [captured], [captured, refunded])
const cancels = fc.constantFrom([], [cancelled], [cancelled, cancelled])

/** The facts of one order in any order whatever, any of them more than once, and when its hold is started and ends between them. */
export const histories = fc
  .record({ total: fc.constantFrom(0, 99, 100, 3470), payments, cancels })
  .chain(({ total, payments, cancels }) => {
    const facts = [placedFor(total), ...cancels, ...payments]
    const told = fc
      .subarray(facts)
      .chain((repeats) => fc.shuffledSubarray([...facts, ...repeats], { minLength: facts.length + repeats.length }))
    return fc.record({ total: fc.constant(total), told, choices: fc.array(fc.nat(20), { maxLength: 20 }) })
  })
