import { describe, expect, it } from '@jest/globals'
import { seeded } from '@quadrille/load'
import { arrivals, drawSums } from '../src/load/draws.ts'

describe('steps that follow one another', () => {
  it('take the sum of one draw of each', () => {
    const sums = drawSums([[1, 2], [10], [100, 200]], 1_000, seeded(1))
    expect(new Set(sums)).toEqual(new Set([111, 112, 211, 212]))
  })

  it('rarely meet the worst of every step', () => {
    const step = [...Array(99).fill(1), 101]
    const sorted = drawSums([step, step, step], 10_000, seeded(1)).sort((one, other) => one - other)
    expect(sorted[9_900]).toBe(103)
  })

  it('cannot be summed where a step was never measured', () => {
    expect(() => drawSums([[1], []], 1, seeded(1))).toThrow('without samples')
  })
})

describe('arrivals', () => {
  const moments = arrivals(100, 60, seeded(3)).toArray()

  it('come at the rate asked for, within the time, in order', () => {
    expect(Math.abs(moments.length - 6_000)).toBeLessThan(300)
    expect(moments.at(-1)).toBeLessThan(60_000)
    expect(moments).toEqual(moments.toSorted((one, other) => one - other))
  })

  it('know nothing of one another: of the gaps 1 in e is longer than the mean', () => {
    const long = moments.filter((at, n) => at - (moments[n - 1] ?? 0) > 10).length / moments.length
    expect(Math.abs(long - 1 / Math.E)).toBeLessThan(0.03)
  })
})
