import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appOver, openServiceDatabase } from '@quadrille/service-kit/testing'
import { routes } from '../src/http.ts'
import { newReward, type Reward } from '../src/reward.ts'
import { rewardStore } from '../src/store.ts'

let database: Awaited<ReturnType<typeof openServiceDatabase>>
let app: Awaited<ReturnType<typeof appOver>>
beforeAll(async () => {
  database = await openServiceDatabase('loyalty', new URL('../src/migrations', import.meta.url))
  app = await appOver('loyalty', routes, database)
})
afterAll(async () => {
  await app.close()
  await database.close()
})

const id = (n: number) => `0198f2a4-6c1e-7d3a-9b52-${n.toString().padStart(12, '0')}`
const reward = (n: number, status: Reward['status'], customerId: string, points: number): Reward => ({
  ...newReward(id(n)),
  status,
  paid: true,
  stop: status === 'revoked',
  customerId,
  points,
})
const pointsOf = async (customer: string) => (await app.inject(`/customers/${customer}/points`)).json()

describe('loyalty, when it is asked for points', () => {
  it('tells what a customer has, newest order first, counting only what is awarded', async () => {
    const rewards = [
      reward(1, 'awarded', 'c-1', 34),
      reward(2, 'holding', 'c-1', 5),
      reward(3, 'revoked', 'c-1', 7),
      reward(4, 'awarded', 'c-2', 1),
    ]
    await rewardStore.save(database, [...rewards, { ...newReward(id(5)), customerId: 'c-1', points: 9 }])
    expect(await pointsOf('c-1')).toEqual({
      customerId: 'c-1',
      points: 34,
      awards: [
        { orderId: id(3), points: 7, status: 'revoked' },
        { orderId: id(2), points: 5, status: 'holding' },
        { orderId: id(1), points: 34, status: 'awarded' },
      ],
    })
  })

  it('counts also the orders that it does not list', async () => {
    await rewardStore.save(
      database,
      Array.from({ length: 120 }, (_, n) => reward(1000 + n, 'awarded', 'c-3', 10)),
    )
    const { points, awards } = await pointsOf('c-3')
    expect([points, awards.length]).toEqual([1200, 100])
  })

  it('has none for a customer who never ordered', async () => {
    expect(await pointsOf('nobody')).toEqual({ customerId: 'nobody', points: 0, awards: [] })
  })
})
