import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Problem } from '../../page/store/problem.ts'
import { patiently, several, shortfall } from '../../page/views/place/patience.ts'
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

describe('an order without an answer', () => {
  const down = new Problem(503, { title: 'orders is down', code: 'service-down' })
  const waits: number[] = []
  const wait = async (ms: number) => void waits.push(ms)
  const answers = (all: readonly (string | Problem)[]) => {
    const left = [...all]
    return async () => {
      const next = left.shift()
      if (typeof next !== 'string') throw next
      return next
    }
  }

  it('is asked for again, a moment later', async () => {
    expect(await patiently(answers([down, new Problem(0, {}), 'o-1']), wait)).toBe('o-1')
    expect(waits).toEqual([400, 800])
    expect(await patiently(answers([down, new Problem(409, { code: 'in-progress' }), 'o-1']), wait)).toBe('o-1')
  })

  it('stays in doubt, though a later answer says that it was not placed then', async () => {
    const closing = new Problem(503, { code: 'closing' })
    await expect(patiently(answers([down, closing, closing]), wait)).rejects.toBe(down)
    await expect(patiently(answers([closing, closing, closing]), wait)).rejects.toBe(closing)
  })

  it('is given up in the end, and at once where the shop says no', async () => {
    await expect(patiently(answers([down, down, down, 'o-1']), wait)).rejects.toBe(down)
    const no = new Problem(422, { title: 'no such product' })
    await expect(patiently(answers([no, 'o-1']), wait)).rejects.toBe(no)
  })
})

describe('100 orders of which one fails', () => {
  const failing = (error: Problem) => async (at: number) => {
    if (at === 58) throw error
    return `o-${at}`
  }

  it('are told by number: those placed, those that were not, and those that nobody knows of', async () => {
    const refused = await several(100, 1, failing(new Problem(422, { title: 'sold out' })))
    expect(refused.done).toHaveLength(57)
    expect(shortfall(refused)).toBe('57 of 100 were placed, 43 were not: sold out')
    expect(shortfall(await several(100, 1, failing(new Problem(503, { title: 'orders is down' }))))).toBe(
      '57 of 100 were placed, 42 were not, of 1 it is not known: orders is down',
    )
  })

  it('lose none of those under way', async () => {
    const { done } = await several(100, 5, failing(new Problem(422, {})))
    expect(done).toHaveLength(59)
    expect(done).toEqual(expect.arrayContaining(['o-57', 'o-59', 'o-60']))
  })

  it('are nothing to tell of where all were placed', async () => {
    expect(shortfall(await several(3, 5, async (at) => at))).toBeNull()
    expect(shortfall({ many: 1, done: [], unsure: 1, error: new Problem(0, { title: 'no answer' }) })).toBe(
      'It is not known whether it was placed: no answer',
    )
  })
})
