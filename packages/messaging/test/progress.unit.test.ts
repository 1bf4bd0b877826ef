import { describe, expect, it } from '@jest/globals'
import { createOffsets } from '../src/offsets.ts'
import { createProgress } from '../src/progress.ts'

const at = (offset: number) => ({ topic: 'orders.v1', partition: 0, offset: String(offset) })

function begun() {
  const clock = { now: 100 }
  const offsets = createOffsets()
  return { clock, offsets, progress: createProgress(offsets, () => clock.now) }
}

describe('progress, of records on their way', () => {
  it('counts what is open, and tells the offsets of everything', () => {
    const { progress, offsets } = begun()
    progress.delivered(at(0))
    progress.delivered(at(1))
    progress.done(at(0))
    expect(progress.open).toBe(1)
    expect(offsets.committable()).toEqual([at(1)])
  })

  it('stands still from the first record that waits, and anew from each that is finished', () => {
    const { progress, clock } = begun()
    clock.now = 500
    expect(progress.stalledMs).toBe(0)
    progress.delivered(at(0))
    clock.now = 700
    progress.delivered(at(1))
    expect(progress).toMatchObject({ stalledMs: 200, lastDone: 100 })
    progress.done(at(0))
    clock.now = 750
    expect(progress).toMatchObject({ stalledMs: 50, lastDone: 700 })
    progress.done(at(1))
    clock.now = 9_000
    expect(progress.stalledMs).toBe(0)
  })
})
