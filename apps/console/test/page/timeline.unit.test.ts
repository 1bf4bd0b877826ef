import { describe, expect, it } from '@jest/globals'
import { arrowsOf, instantsOf, timeRows } from '../../page/views/order/rows.ts'
import { scaleOf } from '../../page/views/order/scale.ts'
import { createOrders } from '../fake/orders.ts'
import { eventsOf, fakeStory } from '../fake/story.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const orders = createOrders(100, now)
const of = (status: string, stuck = false) =>
  orders.find(({ row, journey }) => row.status === status && (journey.trouble !== null) === stuck)!

describe('the axis of an order', () => {
  it('is even where nothing takes long', () => {
    const { x, gaps } = scaleOf([0, 25, 50, 75, 100])
    expect([x(0), x(50), x(100), gaps]).toEqual([0, 0.5, 1, []])
  })

  it('cuts short a time in which nothing happened, so that the rest can be told apart', () => {
    const { x, gaps } = scaleOf([0, 20, 60, 100, 10_100, 10_120])
    expect(gaps.map(({ from, to, label }) => [from, to, label])).toEqual([[100, 10_100, '10 s']])
    expect(x(60) - x(20)).toBeGreaterThan(0.2)
    expect(x(10_120)).toBeCloseTo(1)
  })

  it('never runs backwards, and stays inside', () => {
    const instants = [0, 3, 90, 91, 4_000, 4_020, 90_000, 90_001]
    const { x } = scaleOf(instants)
    const places = instants.map(x)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect([x(-5), x(1_000_000)]).toEqual([0, 1])
  })

  it('cuts nothing of an order that was quick', () => {
    expect(scaleOf([0, 276, 290, 332, 390]).gaps).toEqual([])
  })

  it('names no two ticks alike', () => {
    for (const instants of [
      [0, 25, 60, 140],
      [0, 90, 4_210, 4_300],
      [0, 15_000, 31_000, 44_000],
    ]) {
      const labels = scaleOf(instants).ticks.map(({ label }) => label)
      expect(new Set(labels).size).toBe(labels.length)
      expect(labels.length).toBeGreaterThan(1)
    }
  })

  it('has a place for a single instant', () => {
    expect(scaleOf([0]).x(0)).toBe(0)
    expect(scaleOf([]).ticks).toEqual([])
  })

  it('writes no words over others', () => {
    const { gaps, ticks } = scaleOf([0, 20, 40, 348_000, 348_010, 396_700, 396_720, 396_740])
    const words = [...gaps.filter(({ label }) => label !== null).map(({ x, width }) => x + width / 2), ...ticks.map(({ x }) => x)].sort()
    expect(gaps.length).toBeGreaterThan(1)
    expect(Math.min(...words.slice(1).map((at, n) => at - words[n]!))).toBeGreaterThan(0.13)
  })

  it('is written in minutes where it is long', () => {
    expect(scaleOf([0, 100_000, 200_000, 348_700]).ticks.map(({ label }) => label)).toContain('3 min 20 s')
  })
})

describe('the timeline of an order', () => {
  it('tells events under their causes, then effects, then mails', () => {
    const order = of('dispatched')
    const rows = timeRows(eventsOf(order, now), fakeStory(order, now).story)
    expect(
      rows
        .filter(({ kind }) => kind === 'event')
        .map(({ label, depth }) => [label, depth])
        .slice(0, 4),
    ).toEqual([
      ['OrderPlaced', 0],
      ['StockReserved', 1],
      ['PaymentCaptured', 1],
      ['OrderDispatched', 2],
    ])
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['event', 'effect', 'mail']))
  })

  it('marks who took an event, whose dead letter it is, and what waits behind that', () => {
    const order = of('paid', true)
    const marks = timeRows(eventsOf(order, now), fakeStory(order, now).story).flatMap((row) =>
      row.marks.filter(({ service }) => service === 'warehouse'),
    )
    expect(marks.map(({ how, tone, letter }) => [how, tone, letter])).toEqual([
      ['parked', 'bad', 'warehouse/7'],
      ['behind a parked one', 'warn', 'warehouse/8'],
    ])
  })

  it('tells a refused effect with its attempts and its error', () => {
    const order = orders.find(({ journey }) => journey.trouble === 'refused charge')!
    const effect = timeRows(eventsOf(order, now), fakeStory(order, now).story).find(({ kind }) => kind === 'effect')!
    expect([effect.tone, effect.note]).toEqual(['bad', 'refused, 3 attempts: the provider answers 403: this bank is not known'])
  })

  it('leaves an effect open that has begun and is not over', () => {
    const order = of('dispatched')
    const { story } = fakeStory(order, now)
    const due = story.effects.map((effect) => ({ ...effect, status: 'due' as const, ms: null, doneAt: null }))
    const [row] = timeRows([], { ...story, effects: due }).filter(({ kind }) => kind === 'effect')
    expect(row).toMatchObject({ ms: null, since: expect.any(Number), tone: 'warn' })
  })

  it('tells events in the same tree without what services tell', () => {
    const order = of('out_of_stock')
    const events = eventsOf(order, now)
    const whole = timeRows(events, fakeStory(order, now).story).filter(({ kind }) => kind === 'event')
    expect(timeRows(events, undefined).map(({ key, depth }) => [key, depth])).toEqual(whole.map(({ key, depth }) => [key, depth]))
  })

  it('draws an arrow from each cause down to what it caused', () => {
    const rows = timeRows(eventsOf(of('payment_failed'), now), undefined)
    const { x } = scaleOf(instantsOf(rows))
    expect(arrowsOf(rows, x)).toHaveLength(rows.length - 1)
    expect(arrowsOf(rows, x)[0]!.path).toMatch(/^M0\.00 0\.5V1\.5H[\d.]+$/)
  })
})
