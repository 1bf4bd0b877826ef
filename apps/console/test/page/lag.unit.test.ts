import { describe, expect, it } from '@jest/globals'
import { chartOf, spoken } from '../../page/views/lag/chart-data.ts'
import { asPaused, type GroupLag, groupRow, inUrgency } from '../../page/views/lag/lag-rows.ts'
import { drainOfRow, drainWords, lagSentence } from '../../page/views/lag/lag-words.ts'
import type { LagHistory } from '../../src/api-types.ts'

const NONE_YET = 'no committed offset yet'

function groupOf(lag: number | string, lagSeconds: number | string, more: Partial<GroupLag> = {}): GroupLag {
  const committed = typeof lag === 'number' ? 100 : lag
  const partitions = [{ partition: 0, member: 'not known', high: 100 + (typeof lag === 'number' ? lag : 0), committed, lag, lagSeconds }]
  return {
    group: 'payments',
    members: 1,
    state: 'Stable',
    lag,
    lagSeconds,
    topics: [{ topic: 'orders.v1', lag, lagSeconds, partitions }],
    ...more,
  }
}

const readings = (...lags: (number | null)[]): LagHistory => ({
  at: lags.map((_, n) => n * 10_000),
  series: [{ group: 'payments', topic: 'orders.v1', lag: lags, seconds: lags }],
})
const quiet = { rates: {}, consumed: {} }
const rowOf = (group: GroupLag, history = readings()) => groupRow(group, quiet, history)

describe('a group, as the page tells it', () => {
  it('keeps up where nothing waits, or only for a moment', () => {
    expect(rowOf(groupOf(0, 0))).toMatchObject({ drain: { kind: 'nothing waits' }, tone: 'good' })
    expect(rowOf(groupOf(3, 1))).toMatchObject({ drain: { kind: 'keeps up' }, tone: 'good' })
  })

  it('drains at the pace of the last ten seconds', () => {
    const row = rowOf(groupOf(60, 20), readings(160, 60))
    expect(drainWords(row.drain)).toBe('in 6.0 s (10/s)')
    expect(row.tone).toBe('good')
  })

  it('never drains while it grows, stands still, or has nobody who reads', () => {
    expect(drainWords(rowOf(groupOf(60, 20), readings(20, 60)).drain)).toBe('never: it grows by 4.0/s')
    expect(rowOf(groupOf(60, 20), readings(60, 60))).toMatchObject({ drain: { kind: 'stands still' }, tone: 'warn' })
    expect(rowOf(groupOf(60, 20, { members: 0 }))).toMatchObject({ drain: { kind: 'nobody reads' }, tone: 'bad' })
  })

  it('is late after half a minute', () => {
    expect(rowOf(groupOf(60, 31), readings(160, 60)).tone).toBe('bad')
  })

  it('has words, and no figure, as long as it has never committed', () => {
    const row = rowOf(groupOf(NONE_YET, NONE_YET))
    expect(row).toMatchObject({ lag: NONE_YET, drain: { kind: 'unknown' }, tone: 'bad' })
    expect(lagSentence([row], new Set())).toBe('payments has no committed offset yet.')
  })

  it('is told with the reason', () => {
    const row = rowOf(groupOf(60, 31), readings(60, 60))
    expect(lagSentence([row], new Set(['payments']))).toBe('payments is 60 behind, the oldest for 31 s: its consumer is paused.')
    expect(lagSentence([rowOf(groupOf(0, 0))], new Set())).toBe('Every group keeps up.')
    expect(lagSentence([rowOf(groupOf(0, 0))], new Set(['payments']))).toBe('The consumer of payments is paused; nothing waits for it yet.')
  })

  it('of a paused consumer waits for the operator who resumes it', () => {
    const row = asPaused(rowOf(groupOf(3, 1)))
    expect([row.tone, row.topics[0]!.tone, drainOfRow(row)]).toEqual(['warn', 'warn', 'once resumed'])
    const idle = asPaused(rowOf(groupOf(0, 0)))
    expect([idle.tone, drainOfRow(idle)]).toEqual(['good', 'nothing waits'])
  })

  it('stands above the others where it needs somebody', () => {
    const named = (name: string, lag: number, seconds: number) => rowOf(groupOf(lag, seconds, { group: name }))
    const rows = [named('orders', 0, 0), named('payments', 900, 400), asPaused(named('warehouse', 4, 2)), named('email', 0, 0)]
    expect(inUrgency(rows).map(({ name }) => name)).toEqual(['warehouse', 'payments', 'orders', 'email'])
  })

  it('takes in what its topics get, and gives out what it finished', () => {
    const row = groupRow(groupOf(0, 0), { rates: { 'orders.v1': 5, 'email.v1': 9 }, consumed: { payments: 4 } }, readings())
    expect(row).toMatchObject({ perSecondIn: 5, perSecondOut: 4 })
  })
})

describe('the picture of lag', () => {
  const history: LagHistory = {
    at: [1_000, 2_000],
    series: [
      { group: 'email', topic: 'orders.v1', lag: [1, null], seconds: [10, null] },
      { group: 'email', topic: 'payments.v1', lag: [2, 5], seconds: [4, 7] },
    ],
  }

  it('adds up the messages of a group, and takes the oldest of the ages', () => {
    expect(chartOf(history, 'lag', null)).toEqual({
      names: ['email'],
      data: [
        [1, 2],
        [3, 5],
      ],
    })
    expect(chartOf(history, 'seconds', null).data).toEqual([
      [1, 2],
      [10, 7],
    ])
  })

  it('of one group has a line for each topic', () => {
    expect(chartOf(history, 'lag', 'email')).toEqual({
      names: ['orders.v1', 'payments.v1'],
      data: [
        [1, 2],
        [1, null],
        [2, 5],
      ],
    })
  })

  it('is said in words as well', () => {
    expect(spoken(chartOf(history, 'lag', null), 'messages')).toBe('Now, in messages: email 5.')
    expect(spoken(chartOf({ at: [], series: [] }, 'lag', null), 'messages')).toBe('No figures yet.')
  })
})
