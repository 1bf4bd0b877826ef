import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { replayFromZero } from '@quadrille/testing'
import { type Stack, startStack } from '../stack/stack.ts'
import { createRandom, mixOf, placeAll } from './mix.ts'

jest.setTimeout(180_000)

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ env: { psp: { PSP_SLOW_MS: '1000' } } })
})
afterAll(() => stack?.close())

describe('200 mixed orders: paid, declined, short, cancelled at any moment, asked for twice, with a flaky provider', () => {
  it('break no promise', async () => {
    await placeAll(stack.shop, mixOf(200, createRandom(1)), 20)
    expect(await stack.violations()).toEqual([])
  })

  it('end in every way there is', async () => {
    const orders = await Promise.all(stack.shop.asked.map(({ orderId }) => stack.shop.order(orderId)))
    expect([...new Set(orders.map(({ status }) => status))].sort()).toEqual(['cancelled', 'dispatched', 'out_of_stock', 'payment_failed'])
  })

  it('stay as they are when every service reads everything again', async () => {
    expect(await replayed(false)).toEqual([])
  })

  it('stay as they are when the inboxes are empty besides', async () => {
    expect(await replayed(true)).toEqual([])
    expect(await stack.violations()).toEqual([])
  })

  const replayed = (emptyInbox: boolean) =>
    replayFromZero(stack.targets, { stop: stack.stop, start: (service) => stack.start(service), emptyInbox, deadline: 90_000 })
})
