import { describe, expect, it } from '@jest/globals'
import { dispatchTimes } from '../src/orders/outcome.ts'
import { bar, quantile, report } from '../src/orders/report.ts'

describe('the time from POST to dispatched', () => {
  it('counts the orders that ended dispatched, from the intended moment', () => {
    const placed = ['a', 'b', 'c'].map((orderId) => ({ orderId, intendedAt: 1_000 }))
    const outcomes = [
      { orderId: 'a', status: 'dispatched', dispatchedAt: 1_080 },
      { orderId: 'b', status: 'cancelled', dispatchedAt: 1_050 },
      { orderId: 'c', status: 'payment_failed', dispatchedAt: null },
    ]
    expect(dispatchTimes(placed, outcomes)).toEqual([80])
  })

  it('is told by the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, n) => 100 - n)
    expect([quantile(values, 0.5), quantile(values, 0.99), quantile([7], 0.99), quantile([], 0.5)]).toEqual([50, 99, 7, undefined])
  })
})

describe('the report', () => {
  it('counts orders by their end, and lists what went wrong', () => {
    const table = report({
      placed: [{ orderId: 'a', fate: 'paid', key: 'k', again: 'a', intendedAt: 0, answeredAt: 9 }],
      notPlaced: ['POST /orders answered 503'],
      outcomes: [{ orderId: 'a', status: 'dispatched', dispatchedAt: 90 }],
      dispatchTimes: [90],
      duplicates: 3,
      violations: Array.from({ length: 25 }, (_, n) => `violation ${n}`),
    })
    expect(table).toEqual(
      expect.arrayContaining([
        '  orders placed       1',
        '  dispatched          1',
        '  POST to dispatched  p50 90 ms, p99 90 ms',
        '  duplicates seen     3 absorbed by the services, 1 POSTs sent twice',
        '    POST /orders answered 503',
        '  violations          25',
        '    violation 19',
        '    and 5 more',
      ]),
    )
  })

  it('draws a bar', () => {
    expect(bar(50, 200, 8)).toBe('  ██░░░░░░ 50/200 orders')
  })
})
