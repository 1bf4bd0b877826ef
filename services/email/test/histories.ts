import {
  OrderCancelled,
  OrderDispatched,
  OrderPlaced,
  PaymentCaptured,
  PaymentFailed,
  PaymentRefunded,
  StockReleased,
  StockShort,
} from '@quadrille/contracts'
import type { Fact } from '@quadrille/testing/story'
import fc from 'fast-check'
import type { FactName } from '../src/correspondence.ts'

export const orderId = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
export const address = 'ada@example.com'
const money = { amount: 3470, currency: 'EUR', reference: 'psp_1' }
const fact = (contract: Fact['contract'], data: object): Fact => ({ contract, data: { orderId, ...data } })

export const placed = fact(OrderPlaced, {
  customer: { id: 'c-1', email: address },
  items: [
    { sku: 'mug-blue', name: 'Enamel mug, blue', quantity: 2, price: 1290 },
    { sku: 'tea-assam', name: 'Assam tea, 250 g', quantity: 1, price: 890 },
  ],
  total: 3470,
  currency: 'EUR',
  paymentToken: 'tok_ok',
})
export const cancelled = fact(OrderCancelled, { by: 'customer' })
export const cancelledAgain = fact(OrderCancelled, { by: 'operator', reason: 'again' })
export const captured = fact(PaymentCaptured, money)
export const refunded = fact(PaymentRefunded, money)
export const failed = fact(PaymentFailed, { reason: 'card declined' })
export const dispatched = fact(OrderDispatched, { items: [{ sku: 'mug-blue', quantity: 2 }], tracking: 'QD-1' })
export const short = fact(StockShort, { missing: [{ sku: 'mug-blue', requested: 2, available: 1 }] })
const released = fact(StockReleased, { items: [{ sku: 'mug-blue', quantity: 2 }] })

export const worthAMail: readonly Fact[] = [captured, failed, refunded, dispatched, cancelled, short]
export const nameOf = ({ contract }: Fact) => contract.type as FactName

/** Facts of one order in any order whatever, any of them more than once, and when its mails are started and taken between them. */
export const histories = fc.subarray([...worthAMail, cancelledAgain, released]).chain((some) => {
  const facts = [placed, ...some]
  const told = fc
    .subarray(facts)
    .chain((repeats) => fc.shuffledSubarray([...facts, ...repeats], { minLength: facts.length + repeats.length }))
  return fc.record({ told, choices: fc.array(fc.nat(20), { maxLength: 20 }) })
})
