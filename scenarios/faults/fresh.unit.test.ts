import { describe, expect, it } from '@jest/globals'
import { rowsOfDrivers, staleRows } from './fresh.ts'
import type { Result } from './results.ts'
import { labRows } from './rows.ts'

const passed: Result = {
  passed: true,
  seed: 1,
  commit: 'abc1234',
  runtime: 'new',
  at: '',
  seconds: 1,
  orders: 1,
  acknowledged: 1,
  copies: 0,
  bites: {},
  problems: [],
}
const all = Object.fromEntries(labRows.map(({ row }) => [row, passed]))

describe('the results of the laboratory', () => {
  it('of a second driver need only the rows that concern it', () => {
    const some = Object.fromEntries(rowsOfDrivers.map((row) => [row, passed]))
    expect(staleRows(some, 'new', rowsOfDrivers)).toEqual([])
    expect(staleRows({}, 'new', rowsOfDrivers)).toEqual(rowsOfDrivers.map((row) => `row ${row} was never recorded`))
    expect(labRows.map(({ row }) => row)).toEqual(expect.arrayContaining([...rowsOfDrivers]))
  })

  it('are fresh when every row has passed since the runtime changed', () => {
    expect(staleRows(all, 'new')).toEqual([])
  })

  it.each([
    ['was never recorded', undefined],
    ['failed at abc1234', { ...passed, passed: false }],
    ['was last recorded at abc1234, before the runtime changed', { ...passed, runtime: 'old' }],
  ])('are stale where a row %s', (why, result) => {
    const results = Object.fromEntries(Object.entries({ ...all, 7: result }).filter(([, one]) => one)) as Record<string, Result>
    expect(staleRows(results, 'new')).toEqual([`row 7 ${why}`])
  })
})
