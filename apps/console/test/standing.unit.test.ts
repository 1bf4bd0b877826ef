import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type Fact, folded, type Standing } from '../src/model/standing.ts'

const orderId = '0199c0de-0000-7000-8000-000000000001'
const fact = (type: string, at: number, data: unknown = {}): Fact => ({ orderId, type, at, data })
const placed = fact('OrderPlaced', 1_000, { total: 2_580, currency: 'EUR', customer: { id: 'c-1', email: 'ada@example.com' } })
const after = (...facts: Fact[]) => facts.reduce<Standing | undefined>(folded, undefined)!

describe('how an order stands', () => {
  it.each([
    ['placed', []],
    ['paid', ['StockReserved', 'PaymentCaptured', 'PointsAwarded']],
    ['dispatched', ['StockReserved', 'PaymentCaptured', 'OrderDispatched', 'EmailSent']],
    ['payment_failed', ['StockReserved', 'PaymentFailed', 'StockReleased']],
    ['out_of_stock', ['PaymentCaptured', 'StockShort', 'PaymentRefunded']],
    ['cancelled', ['PaymentCaptured', 'OrderDispatched', 'OrderCancelled', 'ParcelRecalled']],
    ['out_of_stock', ['StockShort', 'PaymentFailed']], // the first end counts
  ])('is %s after %j', (status, types) => {
    expect(after(placed, ...types.map((type, n) => fact(type, 2_000 + n))).status).toBe(status)
  })

  it('is the same in whatever order its events are read', () => {
    const types = ['PaymentCaptured', 'StockReserved', 'OrderDispatched', 'PaymentFailed', 'StockShort', 'OrderCancelled', 'EmailSent']
    const some = fc.array(fc.record({ type: fc.constantFrom(...types), at: fc.integer({ min: 1_000, max: 1_005 }) }), { maxLength: 6 })
    const shuffled = some.chain((facts) => {
      const all = [placed, ...facts.map(({ type, at }) => fact(type, at))]
      return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
    })
    fc.assert(fc.property(shuffled, ([one, other]) => expect(after(...other)).toEqual(after(...one))))
  })

  it('is shown before OrderPlaced has been read, without a total', () => {
    const paid = after(fact('PaymentCaptured', 1_500))
    expect(paid).toMatchObject({ status: 'paid', placed: false, total: null, currency: null, placedAt: 1_500 })
    expect(folded(paid, placed)).toMatchObject({
      placed: true,
      total: 2_580,
      currency: 'EUR',
      customer: 'c-1',
      placedAt: 1_000,
      changedAt: 1_500,
    })
  })
})
