import { describe, expect, it } from '@jest/globals'
import { decode } from '@quadrille/contracts'
import type { ConsumeOptions, Message, OutgoingRecord, ReplayingKafka } from '@quadrille/messaging'
import { readAddresses } from '@quadrille/ops'
import type { FaultId, ServiceName } from '../src/api-types.ts'
import { faultsOf } from '../src/break/catalogue.ts'
import { createDeeds } from '../src/break/deeds.ts'
import { lastRecords } from '../src/break/records.ts'

const ID = '0198c0de-0000-7000-8000-000000000001'

type Answers = (method: string, path: string) => object

/** Everybody outside, by what they are asked. */
function outside(answers: Answers = () => ({})) {
  const asked: unknown[] = []
  const sent: OutgoingRecord[] = []
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const { pathname, search, port } = new URL(String(url))
    const [method, path] = [init.method ?? 'GET', pathname + search]
    asked.push([port, `${method} ${path}`, ...(init.body ? [JSON.parse(String(init.body))] : [])])
    return Response.json(answers(method, path))
  }
  const kafka = {
    connectProducer: async () => ({
      send: async (records: readonly OutgoingRecord[]) => void sent.push(...records),
      disconnect: async () => undefined,
    }),
  } as unknown as ReplayingKafka
  const urls = { pspUrl: 'http://127.0.0.1:3010', mailUrl: 'http://127.0.0.1:8025', demoUrl: 'http://127.0.0.1:4000' }
  const deedOf = createDeeds({
    addresses: readAddresses({}),
    token: 'right-token',
    kafka,
    ...urls,
    fetch: fetch as typeof globalThis.fetch,
  })
  const deed = (id: FaultId, target: ServiceName | null = null, number: number | null = null) =>
    deedOf({ fault: faultsOf(true).find((fault) => fault.id === id)!, target, number, by: 'ada' }, ID)
  return { asked, sent, deed }
}

describe('a fault of the outside', () => {
  it.each([
    ['psp-down', null, { down: true }, { down: false }],
    ['psp-declines', 30, { declinePercent: 30 }, { declinePercent: 0 }],
    ['psp-slow', 3, { delayMs: 3_000 }, { delayMs: 0 }],
    ['mail-down', null, { down: true }, { down: false }],
    ['mail-loses', 2, { dropAfterAccept: 2 }, { dropAfterAccept: 0 }],
  ] as const)('%s turns one switch, and turns back no other', async (id, number, on, off) => {
    const { asked, deed } = outside()
    const one = deed(id, null, number)
    await one.does()
    await one.undoes()
    const port = id.startsWith('psp') ? '3010' : '8025'
    expect(asked).toEqual([
      [port, 'PUT /switch', on],
      [port, 'PUT /switch', off],
    ])
  })
})

describe('a fault of a process', () => {
  it.each([
    ['kill', 'email', 'parts/email/kill', 'parts/email/start'],
    ['freeze', 'orders', 'parts/orders/freeze', 'parts/orders/thaw'],
    ['relay', 'orders', 'relays/orders/stop', 'relays/orders/start'],
    ['kafka-stop', null, 'parts/kafka/stop', 'parts/kafka/start'],
  ] as const)('%s is the demo’s to do', async (id, target, done, undone) => {
    const { asked, deed } = outside()
    const one = deed(id, target)
    await one.does()
    await one.undoes()
    expect(asked).toEqual([
      ['4000', `POST /${done}`],
      ['4000', `POST /${undone}`],
    ])
  })
})

describe('a paused consumer', () => {
  const pausedWith = (reason: string) => outside((method) => (method === 'GET' ? { paused: { reason } } : {}))

  it('is paused with a reason, and resumed', async () => {
    const { asked, deed } = pausedWith('Break it: for 45 s')
    const one = deed('pause', 'email')
    await one.does()
    await one.undoes()
    expect(asked).toEqual([
      ['3004', 'POST /admin/consumer/pause', { reason: 'Break it: for 45 s' }],
      ['3004', 'GET /admin/consumer'],
      ['3004', 'POST /admin/consumer/resume', { reason: 'Break it: it is over' }],
    ])
  })

  it('stays paused where an operator has paused it meanwhile', async () => {
    const { asked, deed } = pausedWith('the mail server moves')
    await deed('pause', 'email').undoes()
    expect(asked).toEqual([['3004', 'GET /admin/consumer']])
  })
})

describe('a poison record', () => {
  it('can be read by nobody, is no order’s, and its letters are discarded in the end', async () => {
    const { asked, sent, deed } = outside((method, path) => (method === 'GET' && path.includes('orderId=') ? [{ id: '7' }] : {}))
    const one = deed('poison', 'payments')
    const words = await one.does()
    const [{ key, value, headers, topic } = {} as OutgoingRecord] = sent
    const record = { topic, partition: 0, offset: '0', timestamp: '0', key: Buffer.from(String(key)), value: value as Buffer, headers }
    expect(decode(new Map(), record)).toMatchObject({ kind: 'invalid', code: 'UNDECODABLE', orderId: key })
    expect([topic, key, words]).toEqual(['payments.v1', ID, expect.stringContaining(ID)])
    await one.undoes()
    const readers = ['3001', '3005', '3003', '3004']
    const discard = ['POST /admin/dead-letters/7/discard', { reason: 'Break it: it is over' }]
    expect(asked).toEqual(
      readers.flatMap((port) => [
        [port, `GET /admin/dead-letters?open=true&orderId=${key}`],
        [port, ...discard],
      ]),
    )
  })
})

describe('the last records of a topic', () => {
  /** Two partitions: the one has 5 records, of which the oldest 2 are gone; the other 2, the third none. */
  const record = (partition: number, offset: number, timestamp: number) => ({
    partition,
    offset: String(offset),
    timestamp: String(timestamp),
  })
  const records = [record(0, 2, 10), record(0, 3, 30), record(0, 4, 50), record(1, 0, 20), record(1, 1, 40), record(1, 2, 60)]

  function fakeKafka() {
    const told: unknown[] = []
    const kafka = {
      topicOffsets: async () => [
        { partition: 0, low: '2', high: '5' },
        { partition: 1, low: '0', high: '2' },
        { partition: 2, low: '0', high: '0' },
      ],
      async consume({ deliver, from }: ConsumeOptions) {
        told.push(from)
        for (const partition of [0, 1]) {
          const messages = records.filter((one) => one.partition === partition) as unknown as Message[]
          void deliver({ topic: 'orders.v1', partition, messages, heartbeat: async () => undefined, stale: () => false })
        }
        return { stop: async () => void told.push('stopped') }
      },
      deleteGroup: async () => void told.push('forgotten'),
    }
    return { told, kafka: kafka as unknown as ReplayingKafka }
  }

  it('are the newest over all partitions, of what was there when it was asked for', async () => {
    const { told, kafka } = fakeKafka()
    const found = await lastRecords(kafka, 'orders.v1', 3)
    expect(found.map(({ timestamp }) => timestamp)).toEqual(['30', '40', '50'])
    expect(told).toEqual([
      [
        { topic: 'orders.v1', partition: 0, offset: '2' },
        { topic: 'orders.v1', partition: 1, offset: '0' },
      ],
      'stopped',
      'forgotten',
    ])
  })
})
