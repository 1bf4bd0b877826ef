import { describe, expect, it } from '@jest/globals'
import { seeded } from '@quadrille/load'
import { arrivals } from '../src/load/draws.ts'
import { closedLoop, openLoop, type Start } from '../src/load/open-loop.ts'

describe('an open loop', () => {
  it('begins each at its moment, or later, although none before has ended', async () => {
    const starts: Start[] = []
    const held = Promise.withResolvers<void>()
    const beat = { rate: 500, seconds: 0.2, seed: 7 }
    const moments = arrivals(beat.rate, beat.seconds, seeded(beat.seed)).toArray()
    await openLoop(beat, async (start) => {
      if (starts.push(start) === moments.length) held.resolve()
      await held.promise
    })
    const after = starts.map(({ intended }) => intended - starts[0]!.intended + moments[0]!)
    expect(after.map(Math.round)).toEqual(moments.map(Math.round))
    // Between threads the clocks are set by one reading each
    expect(starts.every(({ begun, intended }) => begun > intended - 1)).toBe(true)
  })

  it('fails when what it began fails', async () => {
    const failing = openLoop({ rate: 500, seconds: 0.05, seed: 7 }, () => Promise.reject(new Error('no shop')))
    await expect(failing).rejects.toThrow('no shop')
  })
})

describe('a closed loop', () => {
  it('does as many as were asked for, never more at once', async () => {
    let [now, most, done] = [0, 0, 0]
    await closedLoop(20, 4, async () => {
      most = Math.max(most, ++now)
      await Promise.resolve()
      now--
      done++
    })
    expect({ most, done }).toEqual({ most: 4, done: 20 })
  })
})
