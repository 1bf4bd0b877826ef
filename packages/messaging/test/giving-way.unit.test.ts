import { describe, expect, it } from '@jest/globals'
import { createGivingWay } from '../src/giving-way.ts'

const backlogOf = (unsent: number) => ({ unsent, oldestAgeMs: 60_000, parked: 0 })

describe('a backlog, when callers wait', () => {
  it('gives way as long as it shrinks from look to look, and to nobody else', () => {
    let awaited = true
    let backlog = backlogOf(9_000)
    const givesWay = createGivingWay(
      () => awaited,
      () => backlog,
    )
    const after = (unsent: number) => {
      backlog = backlogOf(unsent)
      return [givesWay(), givesWay()]
    }
    expect(givesWay()).toBe(true)
    expect(after(8_000)).toEqual([true, true])
    expect(after(8_001)).toEqual([false, false])
    expect(after(8_001)).toEqual([false, false])
    expect(after(7_000)).toEqual([true, true])
    awaited = false
    expect(after(6_000)).toEqual([false, false])
  })
})
