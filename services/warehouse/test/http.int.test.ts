import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appOver, openServiceDatabase } from '@quadrille/service-kit/testing'
import { routes } from '../src/http.ts'
import { seedStock } from '../src/store.ts'

let database: Awaited<ReturnType<typeof openServiceDatabase>>
let app: Awaited<ReturnType<typeof appOver>>
beforeAll(async () => {
  database = await openServiceDatabase('warehouse', new URL('../src/migrations', import.meta.url))
  await seedStock(database, [
    { sku: 'tea', stock: 5 },
    { sku: 'mug', stock: 10 },
  ])
  app = await appOver('warehouse', routes, database)
})
afterAll(async () => {
  await app.close()
  await database.close()
})

const mug = { sku: 'mug', onHand: 10, reserved: 0, dispatched: 0, initial: 10, received: 0 }
const receive = (sku: string, payload: object) => app.inject({ method: 'POST', url: `/stock/${sku}/receipts`, payload })

describe('warehouse, when it is asked for stock', () => {
  it('lists it in catalogue order, and one SKU by its name', async () => {
    expect((await app.inject('/stock')).json()).toMatchObject([{ sku: 'tea', onHand: 5 }, mug])
    expect((await app.inject('/stock/mug')).json()).toEqual(mug)
    expect((await app.inject('/stock/unicorn')).statusCode).toBe(404)
  })

  it('adds what has come in, in one statement', async () => {
    database.statements.length = 0
    const answer = await receive('tea', { quantity: 3 })
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { sku: 'tea', onHand: 8, initial: 5, received: 3 }])
    expect(database.statements).toHaveLength(1)
  })

  it('refuses what it does not stock or understand', async () => {
    const answers = [
      await receive('unicorn', { quantity: 1 }),
      await receive('mug', { quantity: 0 }),
      await receive('mug', { quantity: 1, sku: 'tea' }),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 400, 400])
    expect((await app.inject('/stock/mug')).json()).toEqual(mug)
  })
})
