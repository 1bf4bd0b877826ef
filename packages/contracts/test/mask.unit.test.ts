import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { contractsByType, defineEvent, MASK, mask, maskBytes, OrderId, OrderPlaced, personal } from '../src/index.ts'
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

describe('maskBytes', () => {
  const placed = JSON.stringify({
    orderId: OrderPlaced.example.orderId,
    email: 'ada@example.com',
    note: 'à la carte',
    paymentToken: 'tok_ok_42',
  })

  it.each([
    ['an event that was cut', placed.slice(0, -1), placed.slice(0, -1).replace('ada@example.com', MASK).replace('tok_ok_42', MASK)],
    ['one that was cut within its address', placed.slice(0, placed.indexOf('@')), `${placed.slice(0, placed.indexOf('ada@'))}${MASK}`],
    ['a form', 'email=ada.o%27hara%40example.com&token=tok_ok&total=12', `email=${MASK}&token=${MASK}&total=12`],
    ['an escaped text', String.raw`{\"email\":\"ada\u0040example.com\"`, String.raw`{\"email\":\"${MASK}"`],
    ['what is not personal', "{'total': 12, à", "{'total': 12, à"],
  ])('hides what looks like an address or a payment token in %s', (_, given, shown) => {
    expect(maskBytes(Buffer.from(given)).toString()).toBe(shown)
  })

  it('leaves other bytes as they are', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x0a, 0x80])
    expect(maskBytes(bytes)).toEqual(bytes)
  })

  it('takes a long run without an address in one go', () => {
    const long = Buffer.alloc(1_000_000, 'a')
    expect(maskBytes(long)).toEqual(long)
  })
})
