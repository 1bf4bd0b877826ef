import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openServiceDatabase } from '@quadrille/service-kit/testing'
import { newReward, type Reward } from '../src/reward.ts'
import { rewardStore } from '../src/store.ts'

let trx: Awaited<ReturnType<typeof openServiceDatabase>>

beforeAll(async () => {
  trx = await openServiceDatabase('loyalty', new URL('../src/migrations', import.meta.url))
})

afterAll(() => trx.close())

const id = (n: number) => `0198f2a4-6c1e-7d3a-9b52-00000000000${n}`
const awarded: Reward = { orderId: id(1), status: 'awarded', paid: true, stop: false, customerId: 'c-1', points: 34 }
const stopped: Reward = { ...newReward(id(2)), stop: true }

describe('loyalty, when it stores a set of orders', () => {
  it('reads back what it saved, new and changed, in one statement each', async () => {
    await rewardStore.save(trx, [{ ...awarded, status: 'holding' }, stopped])
    trx.statements.length = 0
    await rewardStore.save(trx, [awarded, newReward(id(3))])
    expect(await rewardStore.load(trx, [id(1), id(2), id(4)])).toEqual(
      new Map([
        [id(1), awarded],
        [id(2), stopped],
      ]),
    )
    expect(trx.statements).toHaveLength(2)
  })

  it.each([
    ['points for a stopped order', { ...awarded, stop: true }],
    ['points for an unpaid order', { ...awarded, paid: false }],
    ['points for nobody', { ...awarded, customerId: null }],
  ])('cannot store %s', async (_, reward) => {
    await expect(rewardStore.save(trx, [reward])).rejects.toMatchObject({ code: '23514' })
  })
})
