import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openServiceDatabase } from '@quadrille/service-kit/testing'
import { type Allocation, newAllocation } from '../src/allocation.ts'
import { allocationStore, seedStock, stockStore } from '../src/store.ts'
import { orderId } from './histories.ts'

let trx: Awaited<ReturnType<typeof openServiceDatabase>>

beforeAll(async () => {
  trx = await openServiceDatabase('warehouse', new URL('../src/migrations', import.meta.url))
  await seedStock(trx, CATALOGUE)
})

afterAll(() => trx.close())

const CATALOGUE = [
  { sku: 'mug', stock: 10 },
  { sku: 'tea', stock: 5 },
]
const sent: Allocation = { ...newAllocation(orderId(1)), status: 'dispatched', paid: true, items: [{ sku: 'mug', quantity: 2 }] }
const closed: Allocation = { ...newAllocation(orderId(2)), status: 'none', stop: true }
const all = (text: string) => trx.query(text)

describe('warehouse, when it stores a set of orders', () => {
  it('reads back what it saved, new and changed, in one statement each', async () => {
    await allocationStore.save(trx, [{ ...sent, status: 'reserved', paid: false }, closed])
    trx.statements.length = 0
    await allocationStore.save(trx, [sent, { ...newAllocation(orderId(3)), status: 'short', items: [{ sku: 'tea', quantity: 9 }] }])
    const loaded = await allocationStore.load(trx, [orderId(1), orderId(2), orderId(4)])
    expect(loaded).toEqual(
      new Map([
        [orderId(1), sent],
        [orderId(2), closed],
      ]),
    )
    expect(trx.statements).toHaveLength(2)
  })
})

describe('warehouse, when it stores stock', () => {
  it('puts the catalogue on the shelf once, in its order', async () => {
    await trx.query(`update stock set on_hand = 9, dispatched = 1 where sku = 'mug'`)
    await seedStock(trx, [{ sku: 'mug', stock: 77 }, ...CATALOGUE.slice(1)])
    expect(await all('select sku, on_hand, initial from stock order by position')).toEqual([
      { sku: 'mug', on_hand: 9, initial: 10 },
      { sku: 'tea', on_hand: 5, initial: 5 },
    ])
  })

  it('moves units in one statement and keeps a receipt that came meanwhile', async () => {
    await trx.query(`update stock set on_hand = on_hand + 3, received = received + 3 where sku = 'tea'`)
    const tea = (await stockStore.load(trx, ['tea', 'unicorn'])).get('tea')!
    expect(tea).toEqual({ sku: 'tea', onHand: 8, reserved: 0, dispatched: 0 })
    trx.statements.length = 0
    await stockStore.save(trx, [{ ...tea, onHand: 6, reserved: 2 }])
    expect(trx.statements).toHaveLength(1)
    expect(await all(`select on_hand, reserved, received from stock where sku = 'tea'`)).toEqual([{ on_hand: 6, reserved: 2, received: 3 }])
  })

  it.each([
    ['lose', { onHand: 1, reserved: 0, dispatched: 0 }],
    ['oversell', { onHand: -1, reserved: 11, dispatched: 0 }],
  ])('cannot %s a unit', async (_, places) => {
    await expect(stockStore.save(trx, [{ sku: 'mug', ...places }])).rejects.toMatchObject({ code: '23514' })
  })

  it('asks only for the SKUs that an order may still move', () => {
    const items = [{ sku: 'mug', quantity: 2 }]
    expect(stockStore.keys(newAllocation(orderId(1)), { items })).toEqual(['mug'])
    expect(stockStore.keys(newAllocation(orderId(1)), {})).toEqual([])
    expect(stockStore.keys(sent, {})).toEqual(['mug'])
    expect(stockStore.keys({ ...sent, status: 'recalled' }, { items })).toEqual([])
  })
})
