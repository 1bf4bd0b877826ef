import { describe, expect, it } from '@jest/globals'
import { lost, nothingYet, opened, withOrders, withPulse } from '../../page/store/live.ts'
import { behindOf, dotsFor, lanesOf, spanOf, standingOf } from '../../page/views/flow/lanes.ts'
import { troublesOf } from '../../page/views/flow/troubles.ts'
import { sparkPoints } from '../../page/widgets/spark-points.ts'
import type { Counts, Pulse } from '../../src/api-types.ts'
import { createOrders } from '../fake/orders.ts'
import { map, pulseOf } from '../fake/pulse.ts'

const counts: Counts = { placed: 0, paid: 0, dispatched: 0, payment_failed: 0, out_of_stock: 0, cancelled: 0 }
const now = Date.parse('2026-11-22T12:00:00Z')
const pulse = pulseOf(now, counts, 3)
const quiet: Pulse = {
  ...pulse,
  stuck: 0,
  services: pulse.services.map(({ name }) => ({
    ...{ name, up: true, ready: true, why: null, paused: null, outbox: { waiting: 2, oldestSeconds: 0.1, parked: 0, holder: 'a' } },
    ...{ letters: { open: 0, orders: 0, byCode: {} }, effects: { waiting: 4, oldestSeconds: 3, refused: 0 } },
  })),
  lag: { ...pulse.lag, groups: [] },
}

describe('the map of the flow', () => {
  it('has a lane for each topic, from who emits to everybody who reads', () => {
    const [orders] = lanesOf(map)
    expect([orders!.topic, orders!.emitter, orders!.readers.map(({ service }) => service)]).toEqual([
      'orders.v1',
      'orders',
      ['payments', 'warehouse', 'loyalty', 'email'],
    ])
    expect(spanOf(orders!)).toEqual([0.1, 0.9])
  })

  it('says how far a reader is behind, and does not take the unknown for nothing', () => {
    expect(behindOf(pulse.lag, 'email', 'orders.v1')).toMatchObject({
      tone: 'warn',
      words: expect.stringMatching(/^\d+ behind, the oldest for 12 s$/),
    })
    expect(behindOf(pulse.lag, 'orders', 'payments.v1')).toEqual({ text: '', words: 'nothing waits', tone: 'good' })
    expect(behindOf(undefined, 'orders', 'payments.v1').tone).toBe('quiet')
  })

  it('leads from a pause to where it ends, and says how many orders it holds', () => {
    const paused = { reason: 'shelf 4 moves', by: 'night-shift', since: '2026-11-22T11:00:00Z' }
    const services = quiet.services.map((one) => (one.name === 'warehouse' ? { ...one, paused, holds: 4 } : one))
    expect(troublesOf({ ...quiet, services })).toMatchObject([
      { text: 'warehouse is paused by night-shift: shelf 4 moves; 4 orders wait for it', view: 'lag', of: 'warehouse' },
    ])
  })

  it('lets nothing run where nothing flows', () => {
    expect([0, 0.04, 0.5, 10, 500, 100_000].map(dotsFor)).toEqual([0, 0, 1, 2, 4, 4])
  })

  it('tells a service that was never asked from one that is down', () => {
    expect([standingOf(undefined), standingOf({ ...quiet.services[0]!, up: false })]).toEqual([
      ['quiet', 'not asked yet'],
      ['bad', 'does not answer'],
    ])
  })
})

describe('what needs somebody', () => {
  it('is nothing while all is well', () => {
    expect(troublesOf(quiet)).toEqual([])
  })

  it('names stuck orders first, and what waits only as part of its cause', () => {
    const [first, ...others] = troublesOf(pulse)
    expect(first!.text).toBe('3 orders are stuck')
    expect(others.map(({ text }) => text)).toContain('1 dead letter at warehouse: 1 HANDLER')
    expect(others.at(-1)!.tone).toBe('warn')
  })

  it('is an effect that waits for who does not answer, and for how long', () => {
    const withEffects = (waiting: number, oldestSeconds: number): Pulse => ({
      ...quiet,
      services: quiet.services.map((one) => (one.name === 'payments' ? { ...one, effects: { waiting, oldestSeconds, refused: 0 } } : one)),
    })
    expect(troublesOf(withEffects(2, 29))).toEqual([])
    expect(troublesOf(withEffects(2, 95)).map(({ text }) => text)).toEqual(['2 effects of payments wait, the oldest for 1 min 35 s'])
    expect(troublesOf(withEffects(1, 40)).map(({ text }) => text)).toEqual(['1 effect of payments waits for 40 s'])
  })
})

describe('what the stream told', () => {
  it('is kept for some minutes, not for ever', () => {
    const live = Array.from({ length: 500 }).reduce<typeof nothingYet>((state) => withPulse(state, pulse), nothingYet)
    expect(live.pulses).toHaveLength(180)
  })

  it('keeps of an order its newest row, and of all orders the last ones', () => {
    const rows = createOrders(600, now).map(({ row }) => row)
    const live = withOrders(withOrders(nothingYet, { rows, more: 0 }), { rows: [{ ...rows[5]!, status: 'cancelled' }], more: 0 })
    expect(live.changed.size).toBe(400)
    expect([...live.changed.values()].at(-1)).toMatchObject({ orderId: rows[5]!.orderId, status: 'cancelled' })
  })

  it('counts how often the line came back, not how often it opened', () => {
    expect(opened(nothingYet).returns).toBe(0)
    expect(opened(lost(opened(nothingYet)))).toMatchObject({ line: 'live', returns: 1 })
  })
})

describe('a small line', () => {
  it('begins at nothing and ends at the right', () => {
    expect(sparkPoints([0, 5, 10])).toBe('0.0,23.0 50.0,12.0 100.0,1.0')
  })
})
