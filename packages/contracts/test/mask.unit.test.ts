import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { contractsByType, defineEvent, MASK, mask, OrderId, OrderPlaced, personal } from '../src/index.ts'
import { arbitraryData } from './arbitrary-data.ts'

const pathsMasked = (before: unknown, after: unknown, path: string[] = []): string[] =>
  typeof before === 'object' && before !== null && typeof after === 'object'
    ? Object.entries(before).flatMap(([name, value]) => pathsMasked(value, (after as Record<string, unknown>)[name], [...path, name]))
    : before === after
      ? []
      : [path.join('.')]

describe('mask', () => {
  it('hides the address and the payment token, and nothing else', () => {
    const hidden = [...contractsByType.values()].flatMap((contract) =>
      pathsMasked(contract.example, mask(contract, contract.example)).map((path) => `${contract.type}: ${path}`),
    )
    expect(hidden).toEqual(['OrderPlaced: customer.email', 'OrderPlaced: paymentToken'])
  })

  it('hides them in any order', () => {
    fc.assert(
      fc.property(arbitraryData(OrderPlaced.schema), (data) => {
        expect(mask(OrderPlaced, data)).toMatchObject({ customer: { email: MASK }, paymentToken: MASK })
      }),
    )
  })

  it('hides what the contract does not name, and every value of an unexpected shape', () => {
    const data = { ...OrderPlaced.example, customer: 'ada@example.com', iban: 'DE02', campaign: { note: 'ada' }, items: [{ sku: 7 }] }
    expect(mask(OrderPlaced, data)).toMatchObject({ customer: MASK, iban: MASK, campaign: MASK, items: [{ sku: MASK }] })
    expect(mask(OrderPlaced, 'ada@example.com')).toBe(MASK)
    expect(mask(OrderPlaced, null)).toBe(MASK)
  })

  it('finds personal fields inside lists and behind optional', () => {
    const phone = personal(z.string())
    const example = { orderId: OrderPlaced.example.orderId, phones: ['1', '2'], mobile: '3', home: '4' }
    const schema = z.object({ orderId: OrderId, phones: z.array(phone), mobile: phone.optional(), home: personal(z.string().optional()) })
    const Called = defineEvent({ emitter: 'orders', type: 'Called', version: 1, description: 'A test.', schema, example })
    expect(mask(Called, example)).toEqual({ orderId: example.orderId, phones: [MASK, MASK], mobile: MASK, home: MASK })
  })
})
