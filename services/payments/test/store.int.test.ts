import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openServiceDatabase } from '@quadrille/service-kit/testing'
import { newPayment, type Payment } from '../src/payment.ts'
import { paymentsStore } from '../src/store.ts'

let trx: Awaited<ReturnType<typeof openServiceDatabase>>
beforeAll(async () => {
  trx = await openServiceDatabase('payments', new URL('../src/migrations', import.meta.url))
})
afterAll(() => trx.close())

const fresh = (more: Partial<Payment> = {}): Payment => ({ ...newPayment(crypto.randomUUID()), ...more })
const money = { amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' }
const chargeId = () => `ch_${crypto.randomUUID()}`

describe('the store of payments', () => {
  it('gives back a whole set as it was saved, in one statement each', async () => {
    const set = [
      fresh({ stop: true }),
      fresh({ ...money, status: 'charging' }),
      fresh({ ...money, status: 'captured', chargeId: chargeId() }),
      fresh({ ...money, status: 'failed', reason: 'declined: "no"' }),
      fresh({ ...money, status: 'refunded', stop: true, chargeId: chargeId(), refundId: 're_1' }),
    ]
    trx.statements.length = 0
    await paymentsStore.save(trx, set)
    const ids = [...set.map(({ orderId }) => orderId), crypto.randomUUID()]
    expect(await paymentsStore.load(trx, ids)).toEqual(new Map(set.map((payment) => [payment.orderId, payment])))
    expect(trx.statements).toHaveLength(2)
  })

  it('overwrites what it knew', async () => {
    const charging = fresh({ ...money, status: 'charging' })
    const captured: Payment = { ...charging, status: 'captured', chargeId: chargeId() }
    await paymentsStore.save(trx, [charging])
    await paymentsStore.save(trx, [captured])
    expect((await paymentsStore.load(trx, [charging.orderId])).get(charging.orderId)).toEqual(captured)
  })

  it.each<[string, Partial<Payment>]>([
    ['captured money of a stopped order that stays', { ...money, status: 'captured', stop: true, chargeId: 'ch_2' }],
    ['money that goes back though nothing stopped the order', { ...money, status: 'refunding', chargeId: 'ch_2' }],
    ['money that nobody captured', { ...money, status: 'captured' }],
    ['a refund without the provider', { ...money, status: 'refunded', stop: true, chargeId: 'ch_2' }],
    ['a charge of nothing', { status: 'charging' }],
  ])('refuses %s', async (_case, payment) => {
    await expect(paymentsStore.save(trx, [fresh(payment)])).rejects.toMatchObject({ code: '23514' })
  })
})
