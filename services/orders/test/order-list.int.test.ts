import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openShop } from './shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop?.close())

const operator = { authorization: 'Bearer an-operators-word' }
const ask = (query: string, headers: Record<string, string> = operator) => shop.app.inject({ url: `/admin/orders${query}`, headers })

async function placed(status = 'placed'): Promise<string> {
  const payload = { customer: { id: 'c-1', email: 'ada@example.com' }, items: [{ sku: 'mug-blue', quantity: 2 }], paymentToken: 'tok_ok' }
  const { orderId } = (await shop.app.inject({ method: 'POST', url: '/orders', payload })).json()
  await shop.query('update orders set status = $2 where order_id = $1', [orderId, status])
  return orderId
}

/** The ids that a query gives, in its order. */
const idsOf = async (query: string) => (await ask(query)).json().orders.map(({ orderId }: { orderId: string }) => orderId)

describe('the list of orders, when an operator looks', () => {
  let waiting: string
  let paid: string
  let ended: string[]
  beforeAll(async () => {
    waiting = await placed()
    ended = [await placed('dispatched'), await placed('cancelled')]
    paid = await placed('paid')
  })

  it('names those that have not ended, the oldest first, and counts all', async () => {
    const answer = await ask('?open=true')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      orders: [
        { orderId: waiting, status: 'placed', placedAt: expect.stringMatching(/Z$/), total: { amount: 2580, currency: 'EUR' } },
        { orderId: paid, status: 'paid', placedAt: expect.stringMatching(/Z$/), total: { amount: 2580, currency: 'EUR' } },
      ],
      counts: { placed: 1, paid: 1, dispatched: 1, payment_failed: 0, out_of_stock: 0, cancelled: 1 },
    })
  })

  it('names all, and no more than it is asked for', async () => {
    expect(await idsOf('')).toEqual([waiting, ...ended, paid])
    expect(await idsOf('?limit=1')).toEqual([waiting])
  })

  it('finds an order by the short number of its mails, in either case; also two that share it, or none', async () => {
    const short = waiting.slice(-8)
    expect((await ask(`?short=${short.toUpperCase()}`)).json()).toEqual({ orders: [expect.objectContaining({ orderId: waiting })] })
    const twin = await placed('dispatched')
    await shop.query('update orders set order_id = $2 where order_id = $1', [twin, `${twin.slice(0, -8)}${short}`])
    expect(await idsOf(`?short=${short}`)).toEqual([waiting, `${twin.slice(0, -8)}${short}`])
    expect(await idsOf(`?short=${short}&open=true`)).toEqual([waiting])
    expect(await idsOf('?short=00000000')).toEqual([])
  })

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=few', 'limit'],
    ['short=4F6C', 'short'],
    ["short=4F6C4F6'", 'short'],
    ['open=false', 'open'],
    ['status=paid', ''],
  ])('refuses ?%s and names the field', async (query, path) => {
    const answer = await ask(`?${query}`)
    expect(answer.headers['content-type']).toMatch('application/problem+json')
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ path }] })
  })

  it('is for operators, and no change: the audit has no row of it', async () => {
    expect((await ask('', {})).json()).toMatchObject({ status: 401, code: 'not-an-operator' })
    expect(await shop.query('select from operator_audit')).toEqual([])
    expect((await shop.app.inject('/openapi.json')).json().paths['/admin/orders'].get.security).toEqual([{ operator: [] }])
  })
})
