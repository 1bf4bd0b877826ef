import { describe, expect, it } from '@jest/globals'
import type { Operators } from '@quadrille/messaging'
import { waitsOf } from '../../../packages/messaging/src/waits.ts'
import { NOW, nowhere, orderId, orderRecord, town } from './fakes.ts'

type Record = Awaited<ReturnType<Operators['order']>>
const at = (ms: number) => new Date(NOW - 60_000 + ms)

const known = (changed: Partial<Record>) => ({
  order: async () => ({ ...orderRecord(orderId), parked: false, parkedReason: null, parkedSince: null, waits: [], ...changed }),
})
const emitted = (eventId: string, type: string, topic: string, ms: number, causationId: string | null, sent = true) => ({
  ...{
    eventId,
    type,
    topic,
    sequence: 1,
    createdAt: at(ms),
    publishedAt: sent ? at(ms + 5) : null,
    parked: null,
    causationId,
    traceparent: null,
  },
})
const took = (eventId: string, topic: string, offset: string, ms: number) => ({
  eventId,
  type: null,
  topic,
  partition: 2,
  offset,
  at: at(ms),
})

/** Paid, and stuck at warehouse, whose handler threw for OrderPlaced. */
const stuck = {
  orders: {
    changed: known({
      emitted: [emitted('e-1', 'OrderPlaced', 'orders.v1', 0, null)],
      handled: [took('e-2', 'payments.v1', '9', 140)],
      waits: ['waits for OrderDispatched or StockShort from warehouse'],
    }),
  },
  payments: {
    changed: known({
      handled: [took('e-1', 'orders.v1', '17', 31)],
      emitted: [emitted('e-2', 'PaymentCaptured', 'payments.v1', 96, 'e-1')],
      effects: [
        {
          ...{
            key: `capture:${orderId}`,
            kind: 'charge-card',
            orderId,
            status: 'done' as const,
            attempts: 2,
            runAt: at(31),
            leasedUntil: null,
          },
          ...{ firstStartedAt: at(33), lastError: 'the provider answered 503', doneAt: at(96) },
        },
      ],
    }),
  },
  warehouse: {
    changed: known({
      parked: true,
      handled: [took('e-1', 'orders.v1', '17', 38), took('e-2', 'payments.v1', '9', 144)],
      letters: [
        { id: '7', eventId: 'e-1', code: 'HANDLER', error: 'no such shelf', status: 'open', type: 'OrderPlaced', effectKey: null },
        {
          id: '8',
          eventId: 'e-2',
          code: 'WAITING',
          error: 'waits behind letter 7',
          status: 'open',
          type: 'PaymentCaptured',
          effectKey: null,
        },
      ],
      waits: ['waits for an operator: its OrderPlaced became dead letter 7 (HANDLER: no such shelf)'],
    }),
  },
  loyalty: { changed: known({ handled: [took('e-1', 'orders.v1', '17', 35)] }) },
}

describe('ops orders show, for an order that is stuck', () => {
  it('tells what happened, what caused what, who took it when, and why it waits', async () => {
    const { run } = await town({ sick: { ...stuck, email: { away: true } } })
    const { out, err, exit } = await run('orders', 'show', orderId)
    expect(exit).toBe(3)
    expect(err).toMatch(/^nothing listens at http:\/\/email \(email\): start it, or set EMAIL_URL/)
    expect(out).toBe(`Order ${orderId}: placed, and stuck · 34.00 EUR · placed 2026-11-22 15:09:00 UTC, 1 min ago

Events, under what caused them
MS  EVENT               WHERE            TAKEN BY, MS AFTER THE ORDER
 0  OrderPlaced         orders.v1-1-17   payments 31 · warehouse 38 ✖ dead letter warehouse/7 · loyalty 35 · email ?
96  └─ PaymentCaptured  payments.v1-1-9  orders 140 · warehouse 144 waits behind it · loyalty has not read it · email ?

Effects
SERVICE   EFFECT       STATUS  TRIED       DONE, MS  KEY                                           LAST ERROR
payments  charge-card  done    2 attempts        96  capture:${orderId}

Dead letters
LETTER       STATUS  CODE     OF               ERROR
warehouse/7  open    HANDLER  OrderPlaced      no such shelf
warehouse/8  open    WAITING  PaymentCaptured  waits behind letter 7

Why it waits
  warehouse: waits for an operator: its OrderPlaced became dead letter warehouse/7 (HANDLER: no such shelf)
  orders: waits for OrderDispatched or StockShort from warehouse`)
  })

  it('says so with its exit code, and everything to programs', async () => {
    const { run } = await town({ sick: stuck })
    const { out, exit } = await run('orders', 'show', orderId, '--json')
    expect(exit).toBe(1)
    const [placed, captured] = JSON.parse(out).events
    expect(placed).toMatchObject({ type: 'OrderPlaced', emitter: 'orders', ms: 0, topic: 'orders.v1', offset: '17', depth: 0 })
    expect(captured).toMatchObject({ causationId: placed.id, depth: 1 })
    const handling = { service: 'warehouse', how: 'parked', ms: 38, letter: 'warehouse/7' }
    expect(placed.handling).toContainEqual(handling)
  })
})

describe('ops orders show, for a record that every reader refuses', () => {
  const error =
    'amount: Invalid input, expected a whole number of cents and got words instead; currency: Invalid input, expected EUR '.repeat(3)
  const refused = (id: string) => {
    const letter = { id, eventId: 'e-9', code: 'CONTRACT_DATA', error, status: 'open' as const, type: 'PaymentCaptured', effectKey: null }
    const waits = waitsOf('the service', { ...orderRecord(orderId), letters: [letter] }, new Date(NOW))
    return { changed: known({ letters: [letter], waits }) }
  }

  it('says once why it waits, in whole words', async () => {
    const { run } = await town({ sick: { orders: refused('1'), warehouse: refused('7'), loyalty: refused('1'), email: refused('12') } })
    const { out } = await run('orders', 'show', orderId)
    const [, why] = out.split('Why it waits\n')
    expect(why).toMatch(
      /^ {2}orders, warehouse, loyalty, email: wait for an operator: a PaymentCaptured came from no outbox: discard it at every reader, .* It became dead letters orders\/1, warehouse\/7, loyalty\/1, email\/12 \(CONTRACT_DATA: .* and got words …$/,
    )
    const letters = out.split('Dead letters\n')[1]!.split('\n').slice(1, 5)
    expect(letters.map((line) => line.replace(/.*PaymentCaptured {2}/, ''))).toEqual([
      expect.stringMatching(/^amount: .* expected EUR …$/),
      ...['as above', 'as above', 'as above'],
    ])
  })
})

describe('ops orders show, for another order', () => {
  it('tells of what is not sent, what Kafka refuses, and what came from no outbox', async () => {
    const unsent = emitted('e-1', 'OrderPlaced', 'orders.v1', 0, null, false)
    const refused = { ...emitted('e-4', 'PaymentFailed', 'payments.v1', 50, null, false), parked: 'too large' }
    const { run } = await town({
      sick: {
        orders: { changed: known({ emitted: [unsent] }) },
        payments: { changed: known({ emitted: [refused] }) },
        loyalty: { changed: known({ handled: [took('planted', 'orders.v1', '4', 20)] }) },
      },
    })
    const { out, exit } = await run('orders', 'show', orderId.toUpperCase())
    expect(exit).toBe(1)
    expect(out).toContain(' 0  OrderPlaced    orders.v1-1, waits for the relay  payments … · warehouse … · loyalty … · email …')
    expect(out).toContain('20  a record       orders.v1-2-4, from no outbox     loyalty 20')
    expect(out).toContain('50  PaymentFailed  payments.v1-1, refused by Kafka   orders … · warehouse … · email …')
    expect(out).toMatch(/\n\nIt waits for nothing\.$/)
  })

  it('draws what caused what as a tree, in the order in which it happened', async () => {
    const { run } = await town({
      sick: {
        orders: { changed: known({ emitted: [emitted('e-1', 'OrderPlaced', 'orders.v1', 0, null)] }) },
        payments: { changed: known({ emitted: [emitted('e-2', 'PaymentCaptured', 'payments.v1', 60, 'e-1')] }) },
        warehouse: {
          changed: known({
            emitted: [
              emitted('e-3', 'StockReserved', 'warehouse.v1', 40, 'e-1'),
              emitted('e-4', 'OrderDispatched', 'warehouse.v1', 90, 'e-2'),
            ],
          }),
        },
        email: {
          changed: known({
            emitted: [emitted('e-5', 'EmailSent', 'email.v1', 120, 'e-4'), emitted('e-6', 'EmailSent', 'email.v1', 1_100, 'e-1')],
            handled: [took('planted', 'orders.v1', '4', 20)],
          }),
        },
        loyalty: { changed: known({ handled: [took('planted', 'orders.v1', '4', 10)] }) },
      },
    })
    const { out } = await run('orders', 'show', orderId)
    const tree = out.split('\n').slice(4, 11)
    expect(tree.map((line) => line.replace(/ {2,}[a-z]+\.v1.*/, ''))).toEqual([
      '    0  OrderPlaced',
      '   40  ├─ StockReserved',
      '   60  ├─ PaymentCaptured',
      '   90  │  └─ OrderDispatched',
      '  120  │     └─ EmailSent',
      '1,100  └─ EmailSent',
      '   10  a record',
    ])
  })

  it.each([
    [['orders', 'show', '4711'], 2, '4711 is no order id: it looks like'],
    [['orders', 'show'], 2, 'ops orders show needs ORDER: see ops orders show --help'],
    [['orders', 'cancel', orderId], 2, 'say why: --reason'],
  ])('is refused in one line: %j', async (args, code, words) => {
    const { exit, err } = await nowhere()(...args)
    expect({ exit, err }).toEqual({ exit: code, err: expect.stringContaining(words) })
    expect(err).not.toContain('\n')
  })

  it('says that nobody has heard of it', async () => {
    const { run, apps } = await town()
    apps
      .get('orders')!
      .addHook('onRequest', async (request, reply) => (request.url === `/orders/${orderId}` ? reply.code(404).send({}) : undefined))
    expect(await run('orders', 'show', orderId)).toEqual({ exit: 1, out: '', err: `no service has heard of order ${orderId}` })
  })
})
