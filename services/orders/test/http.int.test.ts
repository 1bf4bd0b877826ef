import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { encode, PaymentCaptured } from '@quadrille/contracts'
import { uuidv7 } from '@quadrille/messaging'
import { openShop } from './shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop?.close())

const bodyOf = (customer: string, quantity = 2) => ({
  customer: { id: customer, email: 'ada@example.com' },
  items: [{ sku: 'mug-blue', quantity }],
  paymentToken: 'tok_ok',
})
const post = (url: string, payload?: object, headers: Record<string, string> = {}) =>
  shop.app.inject({ method: 'POST', url, headers, ...(payload && { payload }) })
const place = (customer: string, key?: string, quantity?: number) =>
  post('/orders', bodyOf(customer, quantity), key === undefined ? {} : { 'idempotency-key': key })
const placed = async (customer: string) => (await place(customer)).json<{ orderId: string }>().orderId
const get = (url: string) => shop.app.inject(url)

describe('orders over HTTP, when a customer places an order', () => {
  it('answers 201 with where it is and what it costs, while Kafka is down', async () => {
    const response = await place('c-new')
    const order = response.json()
    expect(response.statusCode).toBe(201)
    expect(response.headers.location).toBe(`/orders/${order.orderId}`)
    expect(order).toMatchObject({ status: 'placed', total: 2580, currency: 'EUR', items: [{ sku: 'mug-blue', quantity: 2, price: 1290 }] })
    expect(response.body).not.toMatch(/tok_ok|ada@/)
    expect((await get(`/orders/${order.orderId}`)).json()).toEqual(order)
  })

  it('makes one order of 50 requests that come together under one Idempotency-Key', async () => {
    const responses = await Promise.all(Array.from({ length: 50 }, () => place('c-fifty', 'the-key')))
    expect(new Set(responses.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(responses[0]?.statusCode).toBe(201)
    expect(await shop.query(`select order_id from orders where customer_id = 'c-fifty'`)).toHaveLength(1)
    expect(responses.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(49)
  })

  it('refuses another body under the same Idempotency-Key, and takes the same key of another customer', async () => {
    await place('c-one', 'k')
    expect(await place('c-one', 'k', 3)).toMatchObject({
      statusCode: 422,
      headers: { 'content-type': 'application/problem+json' },
    })
    expect((await place('c-two', 'k', 3)).statusCode).toBe(201)
  })

  it.each([
    [{ ...bodyOf('c-1'), items: [{ sku: 'mug-gold', quantity: 1 }] }, 'items.0.sku'],
    [{ ...bodyOf('c-1'), items: [bodyOf('c-1').items[0], { sku: 'mug-blue', quantity: 999 }] }, 'items.1.quantity'],
    [{ ...bodyOf('c-1'), customer: { id: 'c-1', email: 'ada' } }, 'customer.email'],
  ])('refuses %j and names the field', async (body, path) => {
    const response = await post('/orders', body)
    expect(response.statusCode).toBe(400)
    expect(response.json().errors.map((error: { path: string }) => error.path)).toEqual([path])
  })

  it('refuses a price of the client', async () => {
    expect((await post('/orders', { ...bodyOf('c-1'), total: 1 })).statusCode).toBe(400)
  })

  it('takes no more orders a second from one customer than it allows', async () => {
    const responses = await Promise.all(Array.from({ length: 70 }, () => place('c-hasty')))
    const refused = responses.find(({ statusCode }) => statusCode === 429)
    expect(refused?.headers['retry-after']).toBe('1')
    expect(refused?.json()).toMatchObject({ code: 'too-many-orders', status: 429 })
  })
})

describe('orders over HTTP, when an order is cancelled', () => {
  it('accepts it, and a repeat with the same body', async () => {
    const id = await placed('c-cancel')
    const first = await post(`/orders/${id}/cancel`)
    const second = await post(`/orders/${id}/cancel`, { reason: 'again' })
    expect([first.statusCode, second.statusCode]).toEqual([202, 200])
    expect([first.json(), second.json()]).toEqual(Array(2).fill({ orderId: id, status: 'cancelled' }))
  })

  it.each([
    ['too-late', `placed_at = now() - interval '601 s'`],
    ['already-over', `status = 'out_of_stock'`],
  ])('says %s', async (code, change) => {
    const id = await placed('c-cancel')
    await shop.query(`update orders set ${change} where order_id = $1`, [id])
    const response = await post(`/orders/${id}/cancel`)
    expect([response.statusCode, response.json().code]).toEqual([409, code])
  })

  it('obeys an operator, and nobody else, whatever the status', async () => {
    const id = await placed('c-cancel')
    await shop.query(`update orders set status = 'out_of_stock', placed_at = now() - interval '1 day' where order_id = $1`, [id])
    const url = `/admin/orders/${id}/cancel`
    expect((await post(url, { reason: 'x' })).statusCode).toBe(401)
    const operator = { authorization: 'Bearer an-operators-word' }
    expect((await post(url, { reason: ' ' }, operator)).json()).toMatchObject({ status: 400, errors: [{ path: 'reason' }] })
    const response = await post(url, { reason: ' a fact was lost ' }, operator)
    expect([response.statusCode, response.json()]).toEqual([202, { orderId: id, status: 'out_of_stock' }])
    const told = (await get(`/orders/${id}/events`)).json()
    expect(told.map(({ type }: { type: string }) => type)).toEqual(['OrderPlaced', 'OrderCancelled'])
  })

  it.each(['/orders/%/cancel', '/admin/orders/%/cancel'])('knows no such order: %s', async (url) => {
    const response = await post(url.replace('%', uuidv7()), {}, { authorization: 'Bearer an-operators-word' })
    expect(response.statusCode).toBe(404)
  })
})

describe('orders over HTTP, when somebody looks', () => {
  it('shows what it told and heard of an order, in order and masked', async () => {
    const id = await placed('c-look')
    await hear(id)
    await post(`/orders/${id}/cancel`)
    const events = (await get(`/orders/${id}/events`)).json()
    expect(events.map(({ type, source, sequence }: Record<string, unknown>) => [type, source, sequence])).toEqual([
      ['OrderPlaced', '/orders', 1],
      ['PaymentCaptured', '/payments', 1],
      ['OrderCancelled', '/orders', 2],
    ])
    expect(events[0].data).toMatchObject({ customer: { id: 'c-look', email: '***' }, paymentToken: '***', total: 2580 })
  })

  it.each(['/orders/%', '/orders/%/events'])('knows no such order: %s', async (url) => {
    expect((await get(url.replace('%', uuidv7()))).statusCode).toBe(404)
  })

  it('lists the products in catalogue order, without the stock', async () => {
    const products = (await get('/products')).json()
    expect(products).toHaveLength(12)
    expect(products[0]).toEqual({ sku: 'mug-blue', name: 'Enamel mug, blue', price: 1290, currency: 'EUR' })
  })

  it('is ready', async () => {
    expect((await get('/readyz')).statusCode).toBe(200)
  })
})

/** Puts a consumed event into the inbox, as the runtime keeps it. */
async function hear(orderId: string) {
  const stamp = { id: uuidv7(), time: new Date().toISOString(), correlationId: uuidv7(), sequence: 1, traceparent: '' }
  const { headers, value } = encode(PaymentCaptured, { ...PaymentCaptured.example, orderId }, stamp)
  await shop.query(
    `insert into processed_events (consumer, event_id, topic, partition, "offset", key, headers, payload)
     values ('orders', $1, 'payments.v1', 0, 0, $2, $3, $4)`,
    [stamp.id, orderId, JSON.stringify({ ...headers, ce_causationid: '' }), value],
  )
}
