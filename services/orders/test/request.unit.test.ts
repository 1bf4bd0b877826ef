import { describe, expect, it } from '@jest/globals'
import { asCommand, orderRequest } from '../src/request.ts'
import { products } from './history.ts'

const schema = orderRequest(products)
const request = { customer: { id: 'c-1', email: 'ada@example.com' }, items: [{ sku: 'mug-blue', quantity: 2 }], paymentToken: 'tok_ok' }
const mugs = (...quantities: number[]) => ({ items: quantities.map((quantity) => ({ sku: 'mug-blue', quantity })) })
const place = (more: object = {}, key?: string) => asCommand(products, schema.parse({ ...request, ...more }), key)

describe('a request for an order, when it is read', () => {
  it.each([
    [{ total: 1 }, ''],
    [{ status: 'paid' }, ''],
    [{ items: [{ sku: 'mug-blue', quantity: 1, price: 1 }] }, 'items.0'],
    [{ items: [] }, 'items'],
    [mugs(...Array(51).fill(1)), 'items'],
    [mugs(0), 'items.0.quantity'],
    [mugs(1.5), 'items.0.quantity'],
    [mugs(1001), 'items.0.quantity'],
    [mugs(600, 401), 'items.1.quantity'],
    [{ items: [{ sku: 'mug-gold', quantity: 1 }] }, 'items.0.sku'],
    [{ items: [{ sku: '__proto__', quantity: 1 }] }, 'items.0.sku'],
    [{ customer: { id: 'c 1', email: 'ada@example.com' } }, 'customer.id'],
    [{ customer: { id: 'c-1', email: 'ada' } }, 'customer.email'],
    [{ paymentToken: 'visa' }, 'paymentToken'],
    [{ campaign: 'x'.repeat(65) }, 'campaign'],
  ])('%j is refused, and the fault is named: %s', (more, path) => {
    const { error } = schema.safeParse({ ...request, ...more })
    expect(error?.issues[0]?.path.join('.')).toBe(path)
  })
  it('may not cost more than can be counted', () => {
    const dear = new Map([['gold', { ...products.get('mug-blue')!, price: Number.MAX_SAFE_INTEGER }]])
    const { error } = orderRequest(dear as never).safeParse({ ...request, items: [{ sku: 'gold', quantity: 2 }] })
    expect(error?.issues[0]).toMatchObject({ path: ['items'], message: 'cost too much for one order' })
  })
})

describe('a request for an order, when it becomes an order', () => {
  it('is priced by the catalogue, with the lines of one SKU added up', () => {
    const lines = [...mugs(2).items, { sku: 'tea-assam', quantity: 1 }, ...mugs(3).items]
    const { items, total, currency } = place({ items: lines })
    expect(items).toEqual([
      { sku: 'mug-blue', name: 'Enamel mug, blue', quantity: 5, price: 1290 },
      { sku: 'tea-assam', name: 'Assam tea, 250 g', quantity: 1, price: 890 },
    ])
    expect([total, currency]).toEqual([5 * 1290 + 890, 'EUR'])
  })
  it('gets ids of its own each time', () => {
    const [one, two] = [place(), place()]
    expect(new Set([one.orderId, two.orderId, one.correlationId, two.correlationId]).size).toBe(4)
  })
  it('is the same request however it is spelled, and another one with another body', () => {
    const { paymentToken, ...rest } = request
    const key = 'k'
    const spelled = asCommand(products, schema.parse({ paymentToken, ...rest }), key)
    expect(spelled.idempotency).toEqual(place({}, key).idempotency)
    expect(place(mugs(3), key).idempotency?.fingerprint).not.toBe(spelled.idempotency?.fingerprint)
  })
  it('scopes the Idempotency-Key to the customer', () => {
    expect(place({}, 'k').idempotency?.key).toBe('c-1\u001fk')
    expect(place().idempotency).toBeUndefined()
  })
})
