import { describe, expect, it } from '@jest/globals'
import type { Lag } from '../src/lag.ts'
import { createAsk } from '../src/pulse/ask.ts'
import { createHistory } from '../src/pulse/history.ts'
import { createRates } from '../src/pulse/rates.ts'
import { lookAt } from '../src/pulse/service.ts'
import { createStuck } from '../src/pulse/stuck.ts'

const addresses = { orders: 'http://o', payments: 'http://p', warehouse: 'http://w', loyalty: 'http://l', email: 'http://e' }
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

/** A payments that answers as told, by path without the query. */
function fake(answers: Readonly<Record<string, () => Response>>) {
  const asked: string[] = []
  const ask = createAsk({
    addresses,
    token: 'a-token',
    fetch: (async (url: string) => {
      const path = url.slice('http://p'.length)
      asked.push(path)
      const answer = answers[path.split('?')[0]!]
      if (!answer) throw new TypeError('fetch failed')
      return answer()
    }) as typeof fetch,
  })
  return { ask, asked }
}

const summary = [
  { code: 'CONTRACT_DATA', open: 2, orders: 2, firstSeen: '', lastSeen: '' },
  { code: 'WAITING', open: 3, orders: 2, firstSeen: '', lastSeen: '' },
]
const well = {
  '/readyz': () => json({ status: 'ready' }),
  '/metrics': () =>
    new Response(
      '# HELP effects_waiting x\neffects_waiting{kind="charge"} 4\neffects_waiting{kind="refund"} 1\neffects_refused{kind="charge"} 2\neffects_oldest_age_seconds{kind="charge"} 41.5\neffects_oldest_age_seconds{kind="refund"} 2\n',
    ),
  '/admin/consumer': () => json({ paused: { reason: 'repair', by: 'eve', since: '2026-01-01T00:00:00Z' } }),
  '/admin/outbox': () =>
    json({ unsent: 7, oldestAgeSeconds: 1.5, lease: { owner: 'payments-1', until: '' }, parked: [{ key: 'order-9' }] }),
  '/admin/dead-letters/summary': () => json(summary),
  '/admin/dead-letters': () =>
    json([
      { id: '1', orderId: 'order-1' },
      { id: '2', orderId: 'order-2' },
      { id: '3', orderId: 'order-1' },
      { id: '4', orderId: null },
    ]),
}

describe('a look at a service', () => {
  it('tells its state in counts', async () => {
    expect(await lookAt(fake(well).ask, 'payments')).toEqual({
      ...{ name: 'payments', up: true, ready: true, why: null, paused: { reason: 'repair', by: 'eve', since: '2026-01-01T00:00:00Z' } },
      outbox: { waiting: 7, oldestSeconds: 1.5, parked: 1, holder: 'payments-1' },
      letters: { open: 5, orders: 2, byCode: { CONTRACT_DATA: 2, WAITING: 3 } },
      effects: { waiting: 5, oldestSeconds: 41.5, refused: 2 },
    })
  })

  it('says why it is not ready, and what it does not know', async () => {
    const { ask } = fake({ '/readyz': () => json({ detail: 'not ok: database' }, 503), '/admin/outbox': () => json({}, 401) })
    expect(await lookAt(ask, 'payments')).toMatchObject({
      up: true,
      ready: false,
      why: 'not ok: database',
      outbox: null,
      letters: null,
      effects: null,
    })
    expect(await lookAt(fake({}).ask, 'payments')).toMatchObject({ up: false, why: 'payments does not answer' })
  })
})

describe('the stuck orders', () => {
  it('are those with a letter or set aside by a relay, asked for when the counts change', async () => {
    const { ask, asked } = fake(well)
    const stuck = createStuck(ask, () => 0)
    expect(stuck.orders()).toBeUndefined()
    const pulse = await lookAt(ask, 'payments')
    expect((await stuck.look([pulse])).sort()).toEqual(['order-1', 'order-2', 'order-9'])
    const before = asked.length
    expect(await stuck.look([pulse])).toEqual([])
    expect(asked).toHaveLength(before)
    expect((await stuck.look([{ ...pulse, letters: { open: 0, orders: 0, byCode: {} } }])).sort()).toEqual(['order-1', 'order-2'])
    expect(stuck.orders()).toEqual(new Set(['order-9']))
  })
})

const lagAt = (at: number, high: number, committed: number | null): Lag => ({
  at,
  topics: [{ topic: 'orders.v1', partitions: [{ partition: 0, low: 0, high }] }],
  groups: [
    {
      ...{ group: 'payments', members: 1, state: 'Stable' },
      partitions: [
        {
          topic: 'orders.v1',
          partition: 0,
          high,
          committed,
          lag: committed === null ? null : high - committed,
          lagSeconds: committed === null ? null : 1,
        },
      ],
    },
  ],
})

describe('how fast it goes', () => {
  it('is told between the looks of the last seconds', () => {
    const rates = createRates()
    rates.note(lagAt(0, 1_000, 0))
    rates.note(lagAt(60_000, 5_000, 4_000))
    expect(rates.now()).toEqual({ rates: {}, consumed: {} })
    rates.note(lagAt(62_000, 5_100, 4_200))
    expect(rates.now()).toEqual({ rates: { 'orders.v1': 50 }, consumed: { payments: 100 } })
    rates.note(lagAt(64_000, 3, 0)) // made anew
    expect(rates.now()).toEqual({ rates: { 'orders.v1': 0 }, consumed: { payments: 0 } })
  })
})

describe('the lag of the last 15 minutes', () => {
  it('is kept as long, and says where nothing was known', () => {
    const history = createHistory(5_000)
    for (const [n, committed] of [null, 1, 2, 3].entries()) history.note(lagAt(n * 2_000, 10, committed))
    expect(history.shown()).toEqual({
      at: [2_000, 4_000, 6_000],
      series: [{ group: 'payments', topic: 'orders.v1', lag: [9, 8, 7], seconds: [1, 1, 1] }],
    })
    const fresh = createHistory()
    fresh.note(lagAt(0, 10, null))
    expect(fresh.shown().series).toEqual([{ group: 'payments', topic: 'orders.v1', lag: [null], seconds: [null] }])
  })
})
