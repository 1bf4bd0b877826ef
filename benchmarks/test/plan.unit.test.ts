import { describe, expect, it } from '@jest/globals'
import type { Compared } from '../src/results.ts'
import { planRounds } from '../src/rounds.ts'
import { compare } from '../src/runner.ts'
import { estimate } from '../src/statistics.ts'
import { brokenGates, passesGate, verdictOf } from '../src/verdict.ts'

describe('the plan of a benchmark', () => {
  it('measures two sides as ABBA', () => {
    expect(planRounds(['a', 'b'], 4).map(({ side }) => side)).toEqual(['a', 'b', 'b', 'a', 'a', 'b', 'b', 'a'])
  })

  it('measures every side once a round, and every other round backwards', () => {
    const plan = planRounds(['a', 'b', 'c'], 2)
    expect(plan.map(({ round, side }) => `${round}${side}`)).toEqual(['0a', '0b', '0c', '1c', '1b', '1a'])
  })

  it('takes some sides seldom, and those in both directions too', () => {
    const plan = planRounds(['a', 'b'], 5, ['b']).map(({ round, side }) => `${round}${side}`)
    expect(plan).toEqual(['0a', '0b', '1b', '1a', '2a', '3a', '4a', '4b'])
  })

  it('does no side more harm than another on a machine that grows slower at a constant pace', () => {
    const plan = planRounds(['a', 'b', 'c'], 6)
    const places = (of: string) => plan.flatMap(({ side }, place) => (side === of ? [place] : [])).reduce((sum, place) => sum + place, 0)
    expect(places('a')).toBe(places('b'))
    expect(places('a')).toBe(places('c'))
  })
})

describe('an estimate', () => {
  it('is the median, with an interval around it', () => {
    const { median, low, high } = estimate([1, 2, 3, 4, 100])
    expect(median).toBe(3)
    expect(low).toBeGreaterThanOrEqual(1)
    expect(low).toBeLessThan(3)
    expect(high).toBeGreaterThan(3)
  })

  it('is the same for the same seed, and narrower with more pairs', () => {
    const some = [0.9, 1, 1.1, 1.3, 0.8]
    const many = Array.from({ length: 8 }, () => some).flat()
    expect(estimate(some)).toEqual(estimate(some))
    const width = ({ low, high }: { low: number; high: number }) => high - low
    expect(width(estimate(many))).toBeLessThan(width(estimate(some)))
  })

  it('is certain of what never varies', () => expect(estimate([2, 2, 2])).toEqual({ median: 2, low: 2, high: 2 }))
})

describe('a verdict', () => {
  const up = { aims: 'up', must: 1, stretch: 1.5, gate: 0.5 } as const
  const down = { aims: 'down', must: 4, stretch: 2 } as const

  it('asks for the worse end of the interval, not for the median', () => {
    expect(verdictOf(up, { median: 1.4, low: 0.99, high: 2 })).toBe('missed')
    expect(verdictOf(up, { median: 1.4, low: 1, high: 2 })).toBe('met')
    expect(verdictOf(up, { median: 1.8, low: 1.6, high: 2 })).toBe('stretch')
    expect(verdictOf(down, { median: 3, low: 1, high: 4.1 })).toBe('missed')
    expect(verdictOf(down, { median: 1.5, low: 1, high: 1.9 })).toBe('stretch')
  })

  it('judges nothing where nothing was asked for', () => {
    expect(verdictOf({ aims: 'up' }, { median: 9, low: 8, high: 10 })).toBe('shown')
  })

  it('lets the gate of a quick run be wide', () => {
    expect(passesGate(up, { median: 0.6, low: 0.1, high: 1 })).toBe(true)
    expect(passesGate(up, { median: 0.4, low: 0.1, high: 1 })).toBe(false)
    expect(passesGate(down, { median: 100, low: 100, high: 100 })).toBe(true)
  })

  it('says in words which gate broke', () => {
    const compared = (median: number) => ({ ...up, name: 'ours ÷ bare', median }) as unknown as Compared
    const missing = [{ ...up, name: 'theirs ÷ bare', of: 'theirs' }]
    expect(brokenGates([{ comparisons: [compared(0.6), compared(0.123)], missing }])).toEqual([
      'GATE BROKEN: ours ÷ bare is 0.123, and must be at least 0.5',
      'GATE BROKEN: theirs ÷ bare was not measured',
    ])
  })
})

describe('a comparison', () => {
  const slot = (round: number, side: string, rate: number) => ({ round, side, figures: { rate } })

  it('divides within each round, and never across them', () => {
    const slots = [slot(0, 'ours', 20), slot(0, 'bare', 10), slot(1, 'bare', 100), slot(1, 'ours', 300)]
    expect(compare({ name: 'ours ÷ bare', of: 'ours', to: 'bare', aims: 'up' }, slots)).toMatchObject({ ratios: [2, 3], median: 2.5 })
  })

  it('judges a figure by itself where there is nothing to divide it by, and nothing that was not measured', () => {
    const slots = [slot(0, 'ours', 20), slot(1, 'ours', 40)]
    expect(compare({ name: 'ours', of: 'ours', aims: 'up' }, slots)).toMatchObject({ ratios: [20, 40], median: 30 })
    expect(compare({ name: 'ours', of: 'ours', figure: 'slope', aims: 'down' }, slots)).toBeUndefined()
  })
})
