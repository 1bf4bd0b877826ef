import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type PlacedOrder, type PlannedOrder, placeOrders, placeStream } from '../src/index.ts'

type Reply = readonly [status: number, body: object, headers?: Record<string, string>] | 'hang up'
interface Heard {
  readonly path: string
  readonly key?: string
  readonly body: unknown
}

let server: Server
let shop: string
let heard: Heard[]
/** What the shop says, in turn; the last for ever. */
let replies: Reply[]

beforeEach(async () => {
  heard = []
  server = createServer(async (request: IncomingMessage, response) => {
    heard.push({ path: request.url!, key: request.headers['idempotency-key'] as string, body: await json(request) })
    const reply = replies.length > 1 ? replies.shift()! : replies[0]!
    if (reply === 'hang up') return void request.socket.destroy()
    response.writeHead(reply[0], { 'content-type': 'application/json', ...reply[2] }).end(JSON.stringify(reply[1]))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  shop = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const order = (more: Partial<PlannedOrder> = {}): PlannedOrder => ({
  atMs: 0,
  fate: 'paid',
  key: 'k-1',
  body: { customer: { id: 'c-1', email: 'c-1@example.com' }, items: [{ sku: 'mug-blue', quantity: 1 }], paymentToken: 'tok_ok' },
  ...more,
})
const yes: Reply = [201, { orderId: 'o-1' }, { traceparent: '00-aa-bb-01' }]

describe('an order, when the shop is busy, fails and hangs up', () => {
  it('is asked for again under the same key, until it is promised', async () => {
    replies = [[503, {}, { 'retry-after': '0' }], 'hang up', [429, {}], [409, {}], [500, {}], yes]
    const { placed, refused, unanswered } = await placeOrders({ shop, orders: [order()] })
    expect(placed).toMatchObject([{ orderId: 'o-1', fate: 'paid', key: 'k-1', traceparent: '00-aa-bb-01' }])
    expect([...refused, ...unanswered]).toEqual([])
    expect(heard.map(({ key }) => key)).toEqual(Array(6).fill('k-1'))
  })

  it('is told as placed, also when only the second request under its key was promised', async () => {
    replies = [[503, {}, { 'retry-after': '60' }], yes]
    const told: string[] = []
    const onPlaced = ({ orderId }: PlacedOrder) => told.push(orderId)
    const { placed } = await placeOrders({ shop, orders: [order({ againAfterMs: 100 })], patienceMs: 500, onPlaced })
    expect(placed).toMatchObject([{ orderId: 'o-1', again: 'o-1' }])
    expect(told).toEqual(['o-1'])
  })

  it('is refused by a definite no, and unanswered when patience ends', async () => {
    replies = [
      [400, { detail: 'no such sku' }],
      [503, {}],
    ]
    const orders = [order(), order({ key: 'k-2', atMs: 100 })]
    const { placed, refused, unanswered } = await placeOrders({ shop, orders, patienceMs: 400 })
    expect(placed).toEqual([])
    expect(refused).toEqual([{ key: 'k-1', reason: expect.stringContaining('400') }])
    expect(unanswered).toEqual([{ key: 'k-2', reason: expect.stringContaining('not answered') }])
  })

  it('is unanswered when nobody listens at all', async () => {
    server.close()
    expect((await placeOrders({ shop, orders: [order()], patienceMs: 300 })).unanswered).toHaveLength(1)
  })
})

describe('the ledger of what was promised', () => {
  it('has the answer to the second request and to the cancel', async () => {
    replies = [yes, yes, [503, {}], [202, { status: 'cancelled' }]]
    const { placed } = await placeOrders({ shop, orders: [order({ fate: 'cancelled', againAfterMs: 50, cancelAfterMs: 50 })] })
    expect(placed).toMatchObject([{ orderId: 'o-1', again: 'o-1', cancel: 'accepted' }])
    expect(heard.map(({ path }) => path)).toEqual(['/orders', '/orders', '/orders/o-1/cancel', '/orders/o-1/cancel'])
  })

  it('tells a cancel that came too late', async () => {
    replies = [yes, [409, { detail: 'too late' }]]
    const { placed } = await placeOrders({ shop, orders: [order({ fate: 'cancelled', cancelAfterMs: 0 })] })
    expect(placed).toMatchObject([{ cancel: 'refused' }])
  })
})

describe('a stream of orders', () => {
  it('goes on until it is told to end, begins nothing after that, and knows what became of what was begun', async () => {
    replies = [yes]
    const stop = new AbortController()
    let told = 0
    const onPlaced = () => {
      told++
      if (told === 20) stop.abort()
    }
    const wares = { ample: ['mug-blue'], soldOut: 'cup-moon' }
    const { placed } = await placeStream({ shop, rate: 100, seed: 1, run: 'r', wares, signal: stop.signal, onPlaced })
    expect(placed.length).toBe(told)
    expect(new Set(heard.filter(({ path }) => path === '/orders').map(({ key }) => key)).size).toBe(told)
  })
})
