import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { placeOrders, planOrders, promisedBy, readWares } from '@quadrille/load'
import { checkInvariants, replayFromZero, type ServiceName, withClient } from '@quadrille/testing'
import { type Stack, startStack } from '../stack/stack.ts'

jest.setTimeout(180_000)

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ env: { psp: { PSP_SLOW_MS: '1000' } } })
})
afterAll(() => stack?.close())

describe('200 mixed orders: paid, declined, short, cancelled at any moment, asked for twice, with a flaky provider', () => {
  it('break no promise', async () => {
    const tokens = ['tok_ok', 'tok_ok', 'tok_ok', 'tok_slow', 'tok_flaky', 'tok_unavailable_once']
    const mix = { orders: 200, rate: 50, seed: 1, run: 'mix', wares: await readWares(), tokens, latestCancelMs: 1_500 }
    const { placed, refused, unanswered } = await placeOrders({ shop: stack.urls.orders, orders: planOrders(mix) })
    expect([...refused, ...unanswered]).toEqual([])
    stack.shop.promised(promisedBy(placed))
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

/** One wrong row for each invariant: whoever finds nothing wrong must also have looked. */
const tampering: readonly [ServiceName, string][] = [
  ['orders', `update orders set status = 'paid' where order_id = (select min(order_id::text)::uuid from orders)`],
  [
    'payments',
    `update payments set charge_id = 'forged' where order_id = (select min(order_id::text)::uuid from payments where status = 'captured')`,
  ],
  ['warehouse', `update stock set on_hand = on_hand - 1, reserved = reserved + 1 where sku = 'mug-blue'`],
  ['loyalty', `update rewards set points = points + 1 where status = 'awarded'`],
  ['email', `delete from mails where fact = 'PaymentFailed'`],
  ['payments', `delete from outbox where id = (select min(id) from outbox)`],
  ['warehouse', `update streams set sequence = sequence + 1`],
  ['loyalty', `update streams set parked = true`],
  ['orders', `update orders set correlation_id = 'another' where order_id = (select max(order_id::text)::uuid from orders)`],
]

describe('the checker itself', () => {
  it('sees what is wrong in every database, topic and witness', async () => {
    for (const [service, text] of tampering) await withClient(stack.targets.databases[service], (client) => client.query(text))
    const violations = await checkInvariants(stack.targets)
    const seen = new Set(violations.map(({ invariant }) => invariant))
    expect([...seen].sort()).toEqual(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'])
  })
})
