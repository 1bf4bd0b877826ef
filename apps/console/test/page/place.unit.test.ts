import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { bodyOf, firstWish, missing, quantityOf, totalOf } from '../../page/views/place/request.ts'
import type { Product } from '../../src/api-types.ts'

const products: Product[] = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../infra/catalogue.json'), 'utf8'))

describe('an order that is placed on the page', () => {
  it('begins with something that the shop has', () => {
    const skus = products.map(({ sku }) => sku)
    expect(skus).toEqual(expect.arrayContaining(Object.keys(firstWish.quantities)))
    expect(missing(firstWish)).toBeNull()
  })

  it('asks only for what somebody wants, and for no price', () => {
    const body = bodyOf({ ...firstWish, quantities: { 'mug-blue': 2, 'tea-assam': 0 }, campaign: ' spring ' })
    expect(body).toEqual({
      customer: { id: 'c-1', email: 'ada@example.com' },
      items: [{ sku: 'mug-blue', quantity: 2 }],
      paymentToken: 'tok_ok',
      campaign: 'spring',
    })
  })

  it('says what it will cost', () => {
    expect(totalOf({ ...firstWish, quantities: { 'mug-blue': 2, 'tea-assam': 1 } }, products)).toBe(3_470)
  })

  it('says what is missing', () => {
    expect([
      missing({ ...firstWish, quantities: {} }),
      missing({ ...firstWish, customer: ' ' }),
      missing({ ...firstWish, email: 'ada' }),
    ]).toEqual(['Choose something first', 'Who orders?', 'Where do the mails go?'])
  })

  it('takes no quantity that nobody can order', () => {
    expect(['-1', '2.7', 'x', '1e9'].map(quantityOf)).toEqual([0, 2, 0, 1_000])
  })
})
