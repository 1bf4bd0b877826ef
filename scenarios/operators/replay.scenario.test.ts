import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { placeOrders, planOrders, promisedBy, readWares } from '@quadrille/load'
import { differences, readWorld, serviceNames, withAdmin, withClient } from '@quadrille/testing'
import { createConsole } from '../stack/console.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { freshTopics } from '../stack/topics.ts'
import { readersOf } from '../stack/witnesses.ts'

jest.setTimeout(300_000)

let stack: Stack

/** Orders that have ended in every way, and everything quiet. */
beforeAll(async () => {
  stack = await startStack()
  const mix = {
    orders: 60,
    rate: 50,
    seed: 3,
    run: 'replay',
    wares: await readWares(),
    tokens: ['tok_ok', 'tok_flaky'],
    latestCancelMs: 1_000,
  }
  const { placed } = await placeOrders({ shop: stack.urls.orders, orders: planOrders(mix) })
  stack.shop.promised(promisedBy(placed))
  expect(await stack.violations()).toEqual([])
})
afterAll(() => stack?.close())

/** Operators do something to the whole system; what came of it, by comparison. */
async function changedBy(act: () => Promise<unknown>) {
  const before = await readWorld(stack.targets)
  await act()
  await stack.quiet()
  return differences(before, await readWorld(stack.targets))
}
const everywhere = async (request: object) => {
  for (const service of serviceNames) expect(await stack.shop.task(service, request)).toMatchObject({ status: 'done', error: null })
}
const sql = (service: (typeof serviceNames)[number], text: string) =>
  withClient(stack.targets.databases[service], async (client) => (await client.query(text)).rows)

describe('operators, when they replay', () => {
  const everything = { kind: 'replay', source: 'topic', from: 'beginning', reason: 'to see that nothing changes' }

  it('change nothing, with the inboxes in place', async () => {
    expect(await changedBy(() => everywhere(everything))).toEqual([])
  })

  it('change nothing, with the inboxes emptied: no event, no charge, no mail', async () => {
    const emptied = async () => {
      for (const service of serviceNames) await sql(service, 'delete from processed_events')
      await everywhere(everything)
    }
    expect(await changedBy(emptied)).toEqual([])
  })

  it('rebuild the timeline of orders as it was', async () => {
    const journal = () => sql('orders', 'select event_id, headers, payload from processed_events order by event_id')
    const before = await journal()
    await sql('orders', `update processed_events set payload = null where event_id < '${before[20].event_id}'`)
    expect(await stack.shop.task('orders', { kind: 'rebuild', reason: 'a timeline was cut' })).toMatchObject({ status: 'done' })
    expect(await journal()).toEqual(before)
  })

  it('fill Kafka from the outboxes when it has lost everything', async () => {
    const lost = async () => {
      await Promise.all(serviceNames.map((service) => stack.stop(service)))
      await freshTopics(stack.targets)
      await Promise.all(serviceNames.map((service) => stack.start(service)))
      await everywhere({ kind: 'replay', source: 'outbox', from: 'beginning', reason: 'the disks are gone' })
    }
    expect(await changedBy(lost)).toEqual([])
    expect(await stack.violations()).toEqual([])
  })
})

describe('an operator with nothing but ops', () => {
  const readersOfOrders = readersOf('orders.v1')

  it('finds a bug and a broken event, repairs or ends what they hold up, and sees that all is well', async () => {
    const [failing, broken] = [await failingOrder(), await brokenOrder()]
    await stack.shop.letterAt('warehouse', 'HANDLER', failing)
    for (const reader of readersOfOrders) await stack.shop.letterAt(reader, 'CONTRACT_DATA', broken)

    const ill = await typed('ops doctor')
    expect(ill).toMatchObject({ exit: 1, out: expect.stringMatching(/1 dead letter HANDLER/) })
    expect(ill.out).toMatch(/4 dead letters CONTRACT_DATA .*\n.*ops dlq discard --code CONTRACT_DATA/)

    const [letter] = /warehouse\/\d+/.exec((await typed('ops dlq ls --code HANDLER')).out) ?? []
    expect(await typed(`ops dlq show ${letter}`)).toMatchObject({ exit: 0, out: expect.stringContaining(failing) })
    expect(await typed(`ops dlq redrive ${letter} --reason "too early"`)).toMatchObject({ exit: 1 })
    await stack.stop('warehouse')
    await stack.start('warehouse') // a version without the bug
    expect(await typed(`ops dlq redrive ${letter} --reason "the bug is gone"`)).toMatchObject({ exit: 0 })

    const discard = 'ops dlq discard --code CONTRACT_DATA --reason "its total was no number"'
    expect(await typed(discard)).toMatchObject({ exit: 1, out: expect.stringContaining('Nothing was done yet') })
    expect(await typed(`${discard} --yes`)).toMatchObject({ exit: 0 })
    expect(await typed(`ops orders cancel ${broken} --reason "nobody has heard of it"`)).toMatchObject({ exit: 0 })

    await stack.shop.until(failing, 'dispatched')
    expect(await stack.violations()).toEqual([])
    expect(await typed('ops doctor')).toMatchObject({ exit: 0, out: expect.stringContaining('All is well') })
    expect((await stack.ledgerOf(failing)).map(({ kind }) => kind)).toEqual(['charge'])
    expect(await stack.ledgerOf(broken)).toEqual([])
  })

  let watch: Awaited<ReturnType<typeof createConsole>>
  beforeAll(async () => {
    watch = await createConsole(stack.targets.brokers)
    await watch.start()
  })
  afterAll(() => watch?.stop())
  const typed = (line: string) => stack.type(`export CONSOLE_URL=${watch.url}; ${line}`)

  async function failingOrder() {
    await stack.stop('warehouse')
    const orderId = await stack.shop.place({ ends: 'dispatched' })
    stack.expectLetters({ consumer: 'warehouse', code: 'HANDLER', orderId })
    await stack.start('warehouse', { FAIL_HANDLER: `OrderPlaced:${orderId}` })
    return orderId
  }

  /** As from a version of orders that tells it wrongly. */
  async function brokenOrder() {
    const broken = `new.payload := jsonb_set(new.payload::jsonb, '{total}', '"much"')::text`
    await sql('orders', `create function misspeak() returns trigger language plpgsql as $$ begin ${broken}; return new; end $$`)
    await sql('orders', 'create trigger misspeaks before insert on outbox for each row execute function misspeak()')
    const orderId = await stack.shop.place({ ends: 'cancelled' })
    await sql('orders', 'drop trigger misspeaks on outbox')
    stack.expectLetters(...readersOfOrders.map((consumer) => ({ consumer, code: 'CONTRACT_DATA', orderId })))
    return orderId
  }
})

describe('a consumer that comes late', () => {
  const rewards = () => sql('loyalty', 'select order_id, status, paid, stop, points from rewards order by order_id')

  it('is fed by topics of its own, and ends where the others are', async () => {
    const before = await rewards()
    await stack.stop('loyalty')
    await sql('loyalty', 'truncate rewards, processed_events, streams, effects, outbox cascade')
    await forgetAll(['orders.v1', 'payments.v1'])
    await stack.start('loyalty')
    await stack.shop.consumer('loyalty', 'pause')
    for (const emitter of ['orders', 'payments'] as const) {
      expect(await stack.shop.task(emitter, { kind: 'replay', source: 'outbox', from: 'beginning', consumer: 'loyalty' })).toMatchObject({
        status: 'done',
      })
      const fed = { kind: 'replay', source: 'topic', topic: `${emitter}.v1.replay.loyalty`, from: 'beginning' }
      expect(await stack.shop.task('loyalty', fed)).toMatchObject({ status: 'done' })
    }
    await stack.shop.consumer('loyalty', 'resume')
    await stack.quiet()
    expect(await rewards()).toEqual(before)
  })

  /** As retention does: the records are gone, and the offsets go on. */
  const forgetAll = (topics: readonly string[]) =>
    withAdmin(stack.targets, async (admin) => {
      for (const topic of topics) {
        const ends = await admin.fetchTopicOffsets(topic)
        await admin.deleteTopicRecords({ topic, partitions: ends.map(({ partition, high: offset }) => ({ partition, offset })) })
      }
      await admin.deleteGroups(['loyalty'])
    })
})
