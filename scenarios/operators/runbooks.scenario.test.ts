import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { remedyOf, type ServiceName, waitFor, withAdmin, withClient } from '@quadrille/testing'
import { composeUp, type OwnWords } from '../stack/shell.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { forgedHeaders } from '../stack/witnesses.ts'

jest.setTimeout(180_000)

let stack: Stack
let shop: Stack['shop']

beforeAll(async () => {
  stack = await startStack()
  shop = stack.shop
})
afterAll(() => stack?.close())

const readersOfPayments = ['orders', 'warehouse', 'loyalty', 'email'] as const

/** Types a line that must do what it says. */
async function typed(line: string, own?: OwnWords) {
  const printed = await stack.type(line, own)
  expect({ line, ...printed }).toMatchObject({ exit: 0 })
  return printed.out
}
/** Types a line until it does: an attempt may be under way. */
const typedUntil = (line: string, own: OwnWords, seen: RegExp) =>
  waitFor(async () => seen.test((await stack.type(line, own)).out), { deadline: 30_000, what: line, diagnose: () => stack.type(line, own) })
/** A look finds something that is not well. */
const finds = async (line: string, seen: RegExp, own?: OwnWords) =>
  expect(await stack.type(line, own)).toMatchObject({ exit: 1, out: expect.stringMatching(seen) })
const dispatched = (orderId: string) => shop.until(orderId, 'dispatched', 40_000)

describe('dead-letters.md and parked-keys.md, when a handler fails', () => {
  it('are followed until every order has ended', async () => {
    await stack.stop('warehouse')
    const order = await shop.place({ ends: 'dispatched' })
    stack.expectLetters({ consumer: 'warehouse', code: 'HANDLER', orderId: order })
    await stack.start('warehouse', { FAIL_HANDLER: `OrderPlaced:${order}` })
    const { id } = await shop.letterAt('warehouse', 'HANDLER', order)

    await finds(remedyOf('parked-keys.md', /ops dlq ls/), /warehouse +HANDLER/)
    await finds(remedyOf('dead-letters.md', /ops dlq ls/), /warehouse +HANDLER/)
    expect(await typed(remedyOf('parked-keys.md', /dead-letters\/summary/))).toMatch('"code":"HANDLER"')
    const mine = { order, instead: { 'payments/7': `warehouse/${id}` } }
    expect(await typed(remedyOf('dead-letters.md', /ops dlq show/), mine)).toMatch(order)
    await finds(remedyOf('dead-letters.md', /ops orders show .* why it waits/), /warehouse/, { order })
    const begun = JSON.parse(await typed(remedyOf('parked-keys.md', /admin\/tasks/)))
    await waitFor(async () => (await shop.letters('warehouse')).length > 0 && (await taskOf('warehouse', begun.id)).failed === 1, {
      what: 'the redrive to fail before the repair',
    })

    await stack.stop('warehouse')
    await stack.start('warehouse')
    expect(await typed(remedyOf('parked-keys.md', /ops dlq redrive/))).toMatch(/redrive is done/)
    await dispatched(order)
    expect(await typed(remedyOf('dead-letters.md', /redrive --code HANDLER/))).toMatch('nothing to redrive')
  })

  const taskOf = async (service: ServiceName, id: string): Promise<{ failed: number }> => {
    const { out } = await stack.type(`ops tasks ls --json --service ${service}`)
    return JSON.parse(out).find((task: { id: string }) => task.id === id)
  }
})

describe('dead-letters.md, when the provider refuses', () => {
  it('is followed with one order first, and then with the rest', async () => {
    const [order, rest] = [await refused(), await refused()]
    const { id } = await shop.letterAt('payments', 'EFFECT_REFUSED', order)
    expect(await stack.type(remedyOf('dead-letters.md', /3010\/ledger/), { order })).toMatchObject({ exit: 1, out: '' })
    expect(await typed(remedyOf('dead-letters.md', /3002\/payments\/\$ORDER/), { order })).toMatch('charging')
    await typed(remedyOf('dead-letters.md', /3010\/switch/))
    await typed(remedyOf('dead-letters.md', /redrive payments\/1 /), { instead: { 'payments/1': `payments/${id}` } })
    await dispatched(order)
    expect(await typed(remedyOf('dead-letters.md', /did it go through/), { order })).toMatch('dispatched')
    await typed(remedyOf('dead-letters.md', /redrive --code EFFECT_REFUSED/))
    await dispatched(rest)

    await typed(remedyOf('dead-letters.md', /redrive payments\/7 /), { instead: { 'payments/7': `payments/${id}` } })
    expect(await typed(remedyOf('dead-letters.md', /dead-letters\/7\/redrive/), { instead: { '/7/': `/${id}/` } })).toMatch('"open":0')
    expect((await stack.ledgerOf(order)).map(({ kind }) => kind)).toEqual(['charge'])
  })

  async function refused() {
    const orderId = await shop.place({ token: 'tok_of_another_bank', ends: 'dispatched' })
    stack.expectLetters({ consumer: 'payments', code: 'EFFECT_REFUSED', orderId })
    await shop.letterAt('payments', 'EFFECT_REFUSED', orderId)
    return orderId
  }
})

describe('dead-letters.md, when a record breaks its contract', () => {
  it('is followed until it is discarded everywhere', async () => {
    const order = await shop.place({ ends: 'dispatched' })
    await dispatched(order)
    stack.expectLetters(...readersOfPayments.map((consumer) => ({ consumer, code: 'CONTRACT_DATA', orderId: order })))
    const value = JSON.stringify({ orderId: order, amount: 'much' })
    await stack.produce('payments.v1', { key: order, value, headers: forgedHeaders(order) })
    const [atOrders, atWarehouse] = await Promise.all(readersOfPayments.map((reader) => shop.letterAt(reader, 'CONTRACT_DATA', order)))

    const ofWarehouse = { 'localhost:3002': 'localhost:3005', '/7/': `/${atWarehouse!.id}/` }
    expect(await typed(remedyOf('dead-letters.md', /open=true/), { instead: { 'localhost:3002': 'localhost:3005' } })).toMatch(order)
    await typed(remedyOf('dead-letters.md', /discard payments\/7/), { instead: { 'payments/7': `orders/${atOrders!.id}` } })
    expect(await typed(remedyOf('dead-letters.md', /dead-letters\/7\/discard/), { instead: ofWarehouse })).toMatch('"open":0')
    await finds(remedyOf('dead-letters.md', /discard --code .* # shows them/), /Nothing was done yet: add --yes/)
    await typed(remedyOf('dead-letters.md', /discard --code .* # does it/))
    expect(await stack.type(remedyOf('dead-letters.md', /ops dlq ls/))).toMatchObject({ exit: 0 })
  })

  it("ends an order by the operators' cancel, twice the same", async () => {
    const order = await shop.place({ ends: 'cancelled' })
    await typed(remedyOf('dead-letters.md', /ops orders cancel \$ORDER --reason/), { order })
    expect(await typed(remedyOf('dead-letters.md', /admin\/orders\/\$ORDER\/cancel/), { order })).toMatch('cancelled')
    await shop.until(order, 'cancelled')
  })
})

describe('effects-waiting.md', () => {
  it('is followed when provider and mail server are gone', async () => {
    await Promise.all([stack.stop('psp'), stack.stop('mail')])
    const order = await shop.place({ ends: 'dispatched' })
    await typedUntil(remedyOf('effects-waiting.md', /effects\?status=due/), {}, /"lastError":"/)
    expect((await stack.type(remedyOf('effects-waiting.md', /ops effects$/))).out).toMatch(`capture:${order}`)
    await typedUntil(remedyOf('effects-waiting.md', /ops effects retry/), { order }, /is tried now/)
    expect(await stack.type(remedyOf('effects-waiting.md', /3010\/readyz/))).toMatchObject({ exit: 7 })
    await composeUp(stack, remedyOf('effects-waiting.md', /compose up -d psp mail/))
    await typed(remedyOf('effects-waiting.md', /3010\/readyz/))
    await typed(remedyOf('effects-waiting.md', /8025\/readyz/))
    await dispatched(order)
    expect(await typed(remedyOf('effects-waiting.md', /3010\/ledger/))).toMatch(order)
  })

  it('is followed when a switch was left on', async () => {
    await stack.turn('psp', { down: true })
    const order = await shop.place({ ends: 'dispatched' })
    await typedUntil(remedyOf('effects-waiting.md', /effects\?status=due/), {}, new RegExp(order))
    await typedUntil(remedyOf('effects-waiting.md', /admin\/effects\/retry/), { order }, /"status":"due"/)
    await typed(remedyOf('effects-waiting.md', /3010\/switch/))
    await dispatched(order)
  })
})

describe('lag.md, consumer-without-members.md and service-down.md', () => {
  it('are followed when an operator has paused a consumer', async () => {
    expect(await shop.consumer('payments', 'pause')).toMatchObject({ status: 200 })
    const order = await shop.place({ ends: 'dispatched' })
    await finds(remedyOf('consumer-without-members.md', /ops consumer/), /payments +paused by/)
    expect(await typed(remedyOf('consumer-without-members.md', /readyz/))).toMatch('"paused":"a scenario"')
    expect((await stack.type(remedyOf('lag.md', /ops lag -v/))).out).toMatch('payments')
    await typed(remedyOf('lag.md', /ops consumer resume/))
    await dispatched(order)
  })

  it('are followed when a service is gone', async () => {
    await stack.stop('email')
    const emails = { payments: 'email' }
    await finds(remedyOf('service-down.md', /ops doctor/), /email: nothing listens/)
    await composeUp(stack, remedyOf('service-down.md', /compose up -d payments/), emails)
    await typed(remedyOf('service-down.md', /readyz/), { instead: { 'localhost:3002': 'localhost:3004' } })
  })

  it('ask what there is to see: nobody behind, nobody computing', async () => {
    expect((await stack.type(remedyOf('lag-unknown.md', /ops lag/))).out).toMatch('email')
    expect(await typed(remedyOf('slow-handling.md', /3002\/metrics/))).toMatch(/^nodejs_eventloop_utilization/m)
  })
})

describe('outbox-stuck.md and lease-flapping.md', () => {
  const sql = (service: ServiceName, text: string) => withClient(stack.targets.databases[service], (client) => client.query(text))

  it('are followed when somebody who runs nowhere holds the lease', async () => {
    await sql('loyalty', `update outbox_lease set owner = 'nobody', term = term + 1, lease_until = now() + interval '1 hour'`)
    const order = await shop.place({ ends: 'dispatched' })
    await dispatched(order)
    await typedUntil(remedyOf('outbox-stuck.md', /ops outbox$/), {}, /^loyalty .* nobody/m)
    expect((await stack.type(remedyOf('lease-flapping.md', /ops outbox/))).out).toMatch(/^loyalty .* nobody/m)
    await sql('loyalty', remedyOf('outbox-stuck.md', /update outbox_lease/))
    await waitFor(async () => !/^loyalty .* nobody/m.test((await stack.type(remedyOf('outbox-stuck.md', /ops outbox$/))).out), {
      ...{ deadline: 30_000, every: 500, what: 'a relay to take the lease' },
    })
  })

  it('are followed when Kafka refuses a record, until it and what waits behind it are sent', async () => {
    await stack.quiet()
    await limitRecords('loyalty.v1', 100)
    const orders = [await shop.place({ ends: 'dispatched' }), await shop.place({ ends: 'dispatched' })]
    const atLoyalty = { instead: { 'localhost:3001': 'localhost:3003' } }
    const parked = async () => JSON.parse((await stack.type(remedyOf('outbox-stuck.md', /3001\/admin\/outbox /), atLoyalty)).out).parked
    const [first, second] = await waitFor(async () => ((await parked()).length === 2 ? parked() : undefined), {
      ...{ deadline: 40_000, what: 'two rows set aside', diagnose: parked },
    })
    await finds(remedyOf('outbox-stuck.md', /ops outbox$/), /Kafka refuses it/)
    await limitRecords('loyalty.v1')
    await typed(remedyOf('outbox-stuck.md', /ops outbox release/), { instead: { 'orders/4711': `loyalty/${first.id}` } })
    await typed(remedyOf('outbox-stuck.md', /4711\/release/), {
      instead: { 'localhost:3001': 'localhost:3003', '/4711/': `/${second.id}/` },
    })
    for (const order of orders) await dispatched(order)
    expect(await parked()).toEqual([])
  })

  /** The topic's `max.message.bytes`; without a number as it was. */
  const limitRecords = (topic: string, bytes?: number) =>
    withAdmin(stack.targets, (admin) => {
      const entries = [
        { name: 'retention.ms', value: '604800000' },
        ...(bytes ? [{ name: 'max.message.bytes', value: String(bytes) }] : []),
      ]
      return admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries: entries }] })
    })
})

describe('all of these together', () => {
  it('break no promise, and disk-full.md begins with a doctor who has nothing to say of any service', async () => {
    expect(await stack.violations()).toEqual([])
    const { out } = await stack.type(remedyOf('disk-full.md', /ops doctor/))
    expect(out.split('\n').filter((line) => line.startsWith('✖') && !line.startsWith('✖ console'))).toEqual([])
  })
})
