import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { serviceNames } from '@quadrille/testing'
import { type Stack, startStack } from '../stack/stack.ts'
import { forgedHeaders, noEvent, plant } from '../stack/witnesses.ts'

jest.setTimeout(120_000)

let stack: Stack
let shop: Stack['shop']

beforeAll(async () => {
  stack = await startStack()
  shop = stack.shop
})
afterAll(() => stack?.close())

const healthy = async () => shop.until(await shop.place({ ends: 'dispatched' }), 'dispatched')

describe('bytes that are no event', () => {
  it('become a dead letter at every reader, and nobody waits', async () => {
    for (const service of await plant(stack, 'orders.v1', noEvent)) {
      const { id } = await shop.letterAt(service, 'UNDECODABLE', null)
      expect(await shop.discard(service, id, 'not an event')).toMatchObject({ status: 200, body: { open: 0 } })
    }
    await healthy()
  })
})

describe('an event that breaks its contract', () => {
  it('parks its order alone; once it is discarded, what waited behind it runs', async () => {
    const { orderId } = await healthy()
    const forged = { key: orderId, value: JSON.stringify({ orderId, amount: 'much' }), headers: forgedHeaders(orderId) }
    const readers = await plant(stack, 'payments.v1', forged, { code: 'CONTRACT_DATA', orderId })
    const letters = await Promise.all(readers.map((service) => shop.letterAt(service, 'CONTRACT_DATA', orderId)))
    await shop.cancel(orderId)
    await Promise.all(readers.map((service) => shop.letterAt(service, 'WAITING', orderId)))
    await healthy()
    for (const [place, service] of readers.entries())
      expect(await shop.discard(service, letters[place]!.id, 'forged')).toMatchObject({ body: { open: 0 } })
  })
})

describe('a handler that throws for one order', () => {
  it('parks that order alone; after the repair a redrive lets it go on', async () => {
    await stack.stop('warehouse')
    const orderId = await shop.place({ ends: 'dispatched' })
    stack.expectLetters({ consumer: 'warehouse', code: 'HANDLER', orderId })
    await stack.start('warehouse', { FAIL_HANDLER: `OrderPlaced:${orderId}` })
    const { id } = await shop.letterAt('warehouse', 'HANDLER', orderId)
    await healthy()
    expect((await shop.redrive('warehouse', id)).body.open).toBeGreaterThan(0)

    await stack.stop('warehouse')
    await stack.start('warehouse')
    expect(await shop.redrive('warehouse', id)).toMatchObject({ status: 200, body: { open: 0 } })
    await shop.until(orderId, 'dispatched')
    expect(await shop.redrive('warehouse', id)).toMatchObject({ body: { open: 0 } })
  })

  it("ends by the operators' cancel, if the order's own fact was discarded", async () => {
    await stack.stop('payments')
    const orderId = await shop.place({})
    stack.expectLetters({ consumer: 'payments', code: 'HANDLER', orderId })
    await stack.start('payments', { FAIL_HANDLER: `OrderPlaced:${orderId}` })
    const { id } = await shop.letterAt('payments', 'HANDLER', orderId)
    await shop.discard('payments', id, 'cannot be repaired')
    expect(await shop.order(orderId)).toMatchObject({ status: 'placed' })
    expect(await shop.cancelByOperator(orderId)).toMatchObject({ status: 202, body: { status: 'cancelled' } })
  })
})

describe('an effect that its provider refuses', () => {
  it('parks its order until it is repaired and redriven', async () => {
    const orderId = await shop.place({ token: 'tok_of_another_bank', ends: 'dispatched' })
    stack.expectLetters({ consumer: 'payments', code: 'EFFECT_REFUSED', orderId })
    const { id } = await shop.letterAt('payments', 'EFFECT_REFUSED', orderId)
    await stack.turn('psp', { accept: ['tok_of_another_bank'] })
    await shop.redrive('payments', id)
    await shop.until(orderId, 'dispatched')
  })
})

describe('all of these together', () => {
  it('leave no letter open, and break no promise', async () => {
    expect(await stack.violations()).toEqual([])
    const open = await Promise.all(serviceNames.map((service) => shop.letters(service, { open: 'true' })))
    expect(open.flat()).toEqual([])
  })
})
