import { describe, expect, it } from '@jest/globals'
import type { Lag } from '../src/lag.ts'
import { createHeld } from '../src/pulse/held.ts'

const pulse = (more: object = {}) => ({
  ...{ name: 'warehouse' as const, up: true, ready: true, why: null, paused: null, outbox: null, letters: null, effects: null },
  ...more,
})
const paused = { reason: 'shelf 4 moves', by: 'night-shift', since: '2026-01-01T00:00:00Z' }
const partition = (topic: string, partition: number, committed: number | null, high: number) => ({
  ...{ topic, partition, committed, high, lagSeconds: null },
  lag: committed === null ? null : high - committed,
})
const lagWith = (members: number): Lag => ({
  at: 0,
  topics: [],
  groups: [
    {
      ...{ group: 'warehouse', members, state: 'Stable' },
      partitions: [
        partition('orders.v1', 0, 4, 9),
        partition('orders.v1', 1, 7, 7),
        partition('payments.v1', 2, null, 3),
        partition('payments.v1', 3, null, 0),
      ],
    },
  ],
})

/** A read model that knows of one order since the tenth second, and of another since the fiftieth. */
function heldAt(seconds: number, { members = 1, stale = false } = {}) {
  const asked: (readonly unknown[])[] = []
  const trx = {
    query: async (_: string, values: readonly unknown[] = []) => {
      asked.push(values)
      return [
        { orderId: 'old', since: 10_000 },
        { orderId: 'young', since: 50_000 },
      ] as never
    },
  }
  const held = createHeld({ lag: () => ({ lag: lagWith(members), stale }), trx, now: () => seconds * 1000 })
  return { held, asked }
}

describe('orders behind a consumer', () => {
  it('that is paused are those with an event that it has not read, and need somebody after a minute', async () => {
    const { held, asked } = heldAt(75)
    expect(await held.look([pulse({ paused })])).toEqual(['old'])
    expect([held.by('warehouse'), held.late()]).toEqual([2, ['old']])
    const [topics, partitions, from, types] = asked[0] as [string[], number[], number[], string[]]
    expect([topics, partitions, from]).toEqual([
      ['orders.v1', 'payments.v1'],
      [0, 2],
      [4, 0],
    ])
    expect(types).toEqual(expect.arrayContaining(['OrderPlaced', 'PaymentCaptured']))
    expect(types).not.toContain('PaymentRefunded')
    expect(await held.look([pulse()])).toEqual(['old'])
    expect([held.by('warehouse'), held.late()]).toEqual([undefined, []])
  })

  it.each([
    ['does not answer', pulse({ up: false }), 1],
    ['has no member', pulse(), 0],
  ])('that %s wait, too', async (_, service, members) => {
    const { held } = heldAt(200, { members })
    expect(await held.look([service])).toEqual(['old', 'young'])
  })

  it('that reads are not asked for, nor while nobody knows how far it is', async () => {
    for (const [service, options] of [
      [pulse(), {}],
      [pulse({ paused }), { stale: true }],
    ] as const) {
      const { held, asked } = heldAt(200, options)
      expect([await held.look([service]), asked]).toEqual([[], []])
    }
  })
})
