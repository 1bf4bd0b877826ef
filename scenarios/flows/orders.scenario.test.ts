import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { type Stack, startStack } from '../stack/stack.ts'

jest.setTimeout(120_000)

let stack: Stack
let shop: Stack['shop']

beforeAll(async () => {
  stack = await startStack()
  shop = stack.shop
})
afterAll(() => stack?.close())

const pointsOf = (customer: string) => shop.get<{ points: number; awards: object[] }>('loyalty', `/customers/${customer}/points`)
const movesOf = async (orderId: string) => (await stack.ledgerOf(orderId)).map(({ status }) => status).join()
const refunded = (orderId: string) =>
  waitFor(async () => (await movesOf(orderId)) === 'captured,refunded', { what: 'the refund', diagnose: () => movesOf(orderId) })

describe('an order', () => {
  it('is paid and dispatched, and earns points and two mails', async () => {
    const orderId = await shop.place({ customer: 'ada', ends: 'dispatched' })
    expect(await shop.until(orderId, 'dispatched')).toMatchObject({ total: 2580 })
    await waitFor(async () => (await pointsOf('ada')).points === 25)
    const mails = await shop.get<{ fact: string }[]>('email', `/orders/${orderId}/mails`)
    expect(mails.map(({ fact }) => fact)).toEqual(['PaymentCaptured', 'OrderDispatched'])
  })

  it('ends, if the card is declined', async () => {
    const orderId = await shop.place({ token: 'tok_declined', ends: 'payment_failed' })
    await shop.until(orderId, 'payment_failed')
    expect(await movesOf(orderId)).toBe('declined')
  })

  it('ends, if the warehouse cannot supply it whole', async () => {
    const items = [
      { sku: 'mug-blue', quantity: 1 },
      { sku: 'cup-moon', quantity: 1 },
    ]
    await shop.until(await shop.place({ items, ends: 'out_of_stock' }), 'out_of_stock')
  })

  it('is one order, however often the same request comes at the same time', async () => {
    const wish = { customer: 'twice', key: 'one', ends: 'dispatched' } as const
    const answers = await Promise.all(Array.from({ length: 50 }, () => shop.post(wish)))
    const [first] = answers
    expect(first).toMatchObject({ status: 201 })
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.orderId}`)).size).toBe(1)
    await shop.until(first!.body.orderId, 'dispatched')
  })

  it('is refused under a key that came before with another body', async () => {
    const items = [{ sku: 'tea-assam', quantity: 1 }]
    expect(await shop.post({ customer: 'twice', key: 'one', items })).toMatchObject({ status: 422 })
  })
})

describe('a cancelled order', () => {
  it('is never charged, if payments has not begun', async () => {
    await stack.stop('payments')
    const orderId = await shop.place({})
    expect(await shop.cancel(orderId)).toMatchObject({ status: 202, body: { status: 'cancelled' } })
    await stack.start('payments')
    await waitFor(async () => (await shop.get<{ status: string }>('payments', `/payments/${orderId}`)).status === 'void')
    expect(await movesOf(orderId)).toBe('')
  })

  it('gets its money back, if the card is being charged at that moment', async () => {
    const orderId = await shop.place({ token: 'tok_slow' })
    await waitFor(async () => (await movesOf(orderId)) === 'captured', { what: 'the capture, not yet answered' })
    await shop.cancel(orderId)
    await refunded(orderId)
  })

  it('gets its money back and is not sent, if it is paid and still on the shelf', async () => {
    await stack.stop('warehouse')
    const orderId = await shop.place({})
    await shop.until(orderId, 'paid')
    await shop.cancel(orderId)
    await stack.start('warehouse')
    await refunded(orderId)
  })

  it('is called back, if it has left already', async () => {
    const orderId = await shop.place({})
    await shop.until(orderId, 'dispatched')
    expect(await shop.cancel(orderId)).toMatchObject({ status: 202 })
    expect(await shop.cancel(orderId)).toMatchObject({ status: 200 })
    await refunded(orderId)
    const told = async () => (await shop.get<{ type: string }[]>('orders', `/orders/${orderId}/events`)).map(({ type }) => type)
    await waitFor(async () => (await told()).includes('ParcelRecalled'), { diagnose: told })
  })

  it('earns no points, within the hold', async () => {
    const orderId = await shop.place({ customer: 'grace' })
    await waitFor(async () => (await pointsOf('grace')).awards.length === 1, { what: 'the hold' })
    await shop.cancel(orderId)
    await waitFor(async () => (await pointsOf('grace')).awards.length === 0, { what: 'the end of the hold' })
  })

  it('gives its points back, after the hold', async () => {
    const orderId = await shop.place({ customer: 'alan' })
    await waitFor(async () => (await pointsOf('alan')).points === 25)
    await shop.cancel(orderId)
    await waitFor(async () => (await pointsOf('alan')).points === 0)
  })
})

describe('all of these together', () => {
  it('break no promise', async () => {
    expect(await stack.violations()).toEqual([])
  })
})
