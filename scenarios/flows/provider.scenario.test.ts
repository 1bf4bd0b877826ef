import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { waitFor, withClient } from '@quadrille/testing'
import { type Stack, startStack } from '../stack/stack.ts'

jest.setTimeout(180_000)

const DOWN_MS = 20_000

let stack: Stack
let shop: Stack['shop']

beforeAll(async () => {
  stack = await startStack({ env: { psp: { PSP_SLOW_MS: '4000' } } })
  shop = stack.shop
})
afterAll(() => stack?.close())

describe('the payment provider, when it is down for 20 s', () => {
  it('keeps no partition waiting, and every order ends once it is back', async () => {
    await stack.turn('psp', { down: true })
    const since = performance.now()
    const before = await placeMany(12)
    await waitFor(() => performance.now() - since > DOWN_MS / 2, { deadline: DOWN_MS })
    // Half-way, with a dozen charges being tried again and again, new orders are reserved and reach payments at once.
    const meanwhile = await placeMany(24)
    await Promise.all(meanwhile.map(isReserved))
    await Promise.all(meanwhile.map(isCharging))
    await waitFor(() => performance.now() - since > DOWN_MS, { deadline: DOWN_MS })
    await stack.turn('psp', { down: false })
    await Promise.all([...before, ...meanwhile].map((orderId) => shop.until(orderId, 'dispatched', 40_000)))
  })

  const placeMany = (count: number) => Promise.all(Array.from({ length: count }, () => shop.place({ ends: 'dispatched' })))

  const isReserved = (orderId: string) =>
    waitFor(async () =>
      (await shop.get<{ type: string }[]>('orders', `/orders/${orderId}/events`)).some(({ type }) => type === 'StockReserved'),
    )

  const isCharging = (orderId: string) =>
    waitFor(async () => (await shop.get<{ status: string }>('payments', `/payments/${orderId}`)).status === 'charging')
})

describe('payments, when it is killed while the provider captures', () => {
  it('asks before it charges again, within 30 s: there is one capture', async () => {
    const orderId = await shop.place({ token: 'tok_slow', ends: 'dispatched' })
    await waitFor(async () => (await stack.ledgerOf(orderId)).length === 1, { what: 'a capture that is not answered yet' })
    const killed = performance.now()
    await stack.kill('payments')
    await stack.start('payments')
    await shop.until(orderId, 'dispatched', 30_000)
    expect(performance.now() - killed).toBeLessThan(30_000)
    expect(await stack.ledgerOf(orderId)).toHaveLength(1)
    expect(await attemptsOf(`capture:${orderId}`)).toBe(2)
  })

  const attemptsOf = (key: string) =>
    withClient(stack.targets.databases.payments, async (client) => {
      const { rows } = await client.query<{ attempts: number }>('select attempts from effects where key = $1', [key])
      return rows[0]?.attempts
    })
})

describe('both together', () => {
  it('break no promise', async () => {
    expect(await stack.violations()).toEqual([])
  })
})
