import { describe, expect, it } from '@jest/globals'
import { endsOf, type Fate, ordersWithoutEnd, planOrders, promisedBy, readWares } from '../src/index.ts'

const wares = { ample: ['mug-blue', 'tea-assam', 'kettle-steel'], soldOut: 'cup-moon' }
const plan = { orders: 2_000, rate: 20, seed: 7, run: 'r', wares }

describe('the mix', () => {
  const orders = planOrders(plan)
  const share = (fate: Fate) => orders.filter((order) => order.fate === fate).length / orders.length

  it('is the same for the same seed, and another for another', () => {
    expect(planOrders(plan)).toEqual(orders)
    expect(planOrders({ ...plan, seed: 8 })).not.toEqual(orders)
    expect(ordersWithoutEnd(plan).take(3).toArray()).toEqual(orders.slice(0, 3))
  })

  it('is mostly paid, some declined, some short, some cancelled', () => {
    expect(share('paid')).toBeCloseTo(0.7, 1)
    expect(share('declined')).toBeCloseTo(0.1, 1)
    expect(share('short')).toBeCloseTo(0.08, 1)
    expect(share('cancelled')).toBeCloseTo(0.12, 1)
    expect(share('scarce')).toBe(0)
  })

  it('means what it says: each fate has what leads to it', () => {
    for (const { fate, body, cancelAfterMs } of planOrders({ ...plan, wares: { ...wares, scarce: 'teapot-raku' } })) {
      expect(body.paymentToken).toBe(fate === 'declined' ? 'tok_declined' : 'tok_ok')
      expect(body.items.some(({ sku }) => sku === 'cup-moon')).toBe(fate === 'short')
      expect(body.items.some(({ sku }) => sku === 'teapot-raku')).toBe(fate === 'scarce')
      expect(cancelAfterMs !== undefined).toBe(fate === 'cancelled')
    }
  })

  it('keeps the rate, uses each key once, and sends some twice', () => {
    expect(orders.at(-1)!.atMs).toBe(99_950)
    expect(new Set(orders.map(({ key }) => key)).size).toBe(orders.length)
    expect(orders.filter(({ againAfterMs }) => againAfterMs !== undefined).length).toBeGreaterThan(50)
  })

  it('orders what the catalogue has', async () => {
    expect(await readWares()).toEqual({
      ample: expect.arrayContaining(['mug-blue', 'scale-brew']),
      soldOut: 'cup-moon',
      scarce: 'teapot-raku',
    })
  })
})

describe('what is promised with an order', () => {
  it('is its end, also of a cancel that was refused, was never sent, or was not answered', () => {
    expect(endsOf({ fate: 'declined' })).toEqual(['payment_failed'])
    expect(endsOf({ fate: 'cancelled', cancel: 'accepted' })).toEqual(['cancelled'])
    expect(endsOf({ fate: 'cancelled', cancel: 'refused' })).toEqual(['dispatched'])
    expect(endsOf({ fate: 'cancelled' })).toEqual(['dispatched'])
    expect(endsOf({ fate: 'cancelled', cancel: 'unanswered' })).toEqual(['cancelled', 'dispatched'])
  })

  it('names both orders where a key was answered with two', () => {
    const order = { orderId: 'a', fate: 'paid', key: 'k', intendedAt: 0, answeredAt: 1 } as const
    expect(promisedBy([order, { ...order, again: 'a' }, { ...order, again: 'b' }]).map(({ orderId }) => orderId)).toEqual([
      'a',
      'a',
      'a',
      'b',
    ])
  })
})
