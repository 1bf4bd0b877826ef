import { describe, expect, it } from '@jest/globals'
import { type Fate, planOrders } from '../src/orders/mix.ts'
import { dispatchTimes } from '../src/orders/outcome.ts'
import { bar, quantile, report } from '../src/orders/report.ts'

const plan = { orders: 2_000, rate: 20, seed: 7, run: 'r', skus: ['mug-blue', 'tea-assam', 'kettle-steel'], soldOut: 'cup-moon' }

describe('the mix', () => {
  const orders = planOrders(plan)
  const share = (fate: Fate) => orders.filter((order) => order.fate === fate).length / orders.length

  it('is the same for the same seed, and another for another', () => {
    expect(planOrders(plan)).toEqual(orders)
    expect(planOrders({ ...plan, seed: 8 })).not.toEqual(orders)
  })

  it('is mostly paid, some declined, some short, some cancelled', () => {
    expect(share('paid')).toBeCloseTo(0.7, 1)
    expect(share('declined')).toBeCloseTo(0.1, 1)
    expect(share('short')).toBeCloseTo(0.08, 1)
    expect(share('cancelled')).toBeCloseTo(0.12, 1)
  })

  it('means what it says: each fate has what leads to it', () => {
    for (const { fate, body, cancelAfterMs } of orders) {
      expect(body.paymentToken).toBe(fate === 'declined' ? 'tok_declined' : 'tok_ok')
      expect(body.items.some(({ sku }) => sku === 'cup-moon')).toBe(fate === 'short')
      expect(cancelAfterMs !== undefined).toBe(fate === 'cancelled')
    }
  })

  it('keeps the rate, uses each key once, and sends some twice', () => {
    expect(orders.at(-1)!.atMs).toBe(99_950)
    expect(new Set(orders.map(({ key }) => key)).size).toBe(orders.length)
    expect(orders.filter(({ againAfterMs }) => againAfterMs !== undefined).length).toBeGreaterThan(50)
  })
})

describe('the time from POST to dispatched', () => {
  it('counts the orders that ended dispatched, from the intended moment', () => {
    const placed = ['a', 'b', 'c'].map((orderId) => ({ orderId, fate: 'paid' as const, key: orderId, intendedAt: 1_000 }))
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
      placed: [{ orderId: 'a', fate: 'paid', key: 'k', again: 'a', intendedAt: 0 }],
      refused: ['POST /orders answered 503'],
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
