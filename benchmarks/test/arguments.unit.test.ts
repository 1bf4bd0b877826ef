import { describe, expect, it } from '@jest/globals'
import { ALL_MINUTES, readArguments, USUAL_MINUTES } from '../src/arguments.ts'
import { benchmarks } from '../src/goals.ts'
import { lasting } from '../src/progress.ts'

const read = (line: string) => {
  const wishes = readArguments(line.split(' ').filter(Boolean), benchmarks)
  if (wishes === 'help') throw new Error('help')
  return wishes
}

describe('the command line of the bench', () => {
  it('measures everything, in many pairs, unless told otherwise', () => {
    expect(read('')).toEqual({ benchmarks, quick: false, pairs: 15, slotMs: 3_000, minutes: 34, rows: 1_000_000 })
  })

  it('takes names and goals, and how long', () => {
    const { benchmarks: chosen, pairs, slotMs, json } = read('relay --pairs 8 --slot 4000 --json out.json')
    expect(chosen.map(({ goal }) => goal)).toEqual(['P2'])
    expect({ pairs, slotMs, json }).toEqual({ pairs: 8, slotMs: 4_000, json: 'out.json' })
    expect(read('p2').benchmarks.map(({ name }) => name)).toEqual(['relay', 'rivals'])
  })

  it('is quick where that is asked for', () => {
    const { quick, pairs, slotMs, benchmarks: chosen } = read('--quick')
    expect({ quick, pairs, slotMs }).toEqual({ quick: true, pairs: 2, slotMs: 1_500 })
    expect(chosen.every((one) => one.quick !== undefined)).toBe(true)
  })

  it('refuses what it does not know', () => {
    expect(() => read('speed')).toThrow('"speed" is none of')
    expect(() => read('--pairs many')).toThrow('--pairs must be a whole number')
    expect(() => read('--fast')).toThrow("Unknown option '--fast'")
  })

  it('compares only sides that there are, and each benchmark once', () => {
    for (const { sides, comparisons, quick = [] } of benchmarks) {
      const named = [...comparisons.flatMap(({ of, to = of }) => [of, to]), ...quick]
      expect(named.filter((side) => !(side in sides))).toEqual([])
    }
    expect(new Set(benchmarks.map(({ name }) => name)).size).toBe(benchmarks.length)
  })

  it('gives every benchmark a share of the time, which come to all of it', () => {
    expect(benchmarks.reduce((sum, { minutes = USUAL_MINUTES }) => sum + minutes, 0)).toBeCloseTo(ALL_MINUTES, 5)
  })

  it('tells how long it will still take', () => {
    expect(lasting(59_000)).toBe('59 s')
    expect(lasting(200_000)).toBe('3 min 20 s')
  })
})
