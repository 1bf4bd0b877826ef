import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createOffsets } from '../src/offsets.ts'

const at = (offset: number, partition = 0) => ({ topic: 'orders.v1', partition, offset: String(offset) })

function delivered(...offsets: number[]) {
  const tracked = createOffsets()
  for (const offset of offsets) tracked.delivered(at(offset))
  return tracked
}

describe('offsets, when records are finished out of order', () => {
  it('commits nothing behind the first that is not finished', () => {
    const offsets = delivered(5, 6, 7)
    offsets.done(at(6))
    offsets.done(at(7))
    expect(offsets.committable()).toEqual([])
    offsets.done(at(5))
    expect(offsets.committable()).toEqual([at(8)])
  })

  it('passes over offsets that Kafka leaves out', () => {
    const offsets = delivered(5, 9)
    offsets.done(at(5))
    expect(offsets.committable()).toEqual([at(6)])
    offsets.done(at(9))
    expect(offsets.committable()).toEqual([at(10)])
  })

  it('keeps partitions apart', () => {
    const offsets = delivered(5)
    offsets.delivered(at(5, 1))
    offsets.done(at(5, 1))
    expect(offsets.committable()).toEqual([at(6, 1)])
  })

  it('offers a position until it is committed, and then no more', () => {
    const offsets = delivered(5)
    offsets.done(at(5))
    expect(offsets.committable()).toEqual(offsets.committable())
    offsets.committed(offsets.committable())
    expect(offsets.committable()).toEqual([])
  })

  it('takes a record that is delivered again for the same one', () => {
    const offsets = delivered(5, 6)
    offsets.done(at(5))
    offsets.delivered(at(5))
    offsets.delivered(at(6))
    offsets.done(at(6))
    expect(offsets.committable()).toEqual([at(7)])
  })

  it('forgets everything with a new assignment, also what is finished late', () => {
    const offsets = delivered(5, 6)
    offsets.done(at(5))
    offsets.clear()
    offsets.done(at(6))
    expect(offsets.committable()).toEqual([])
  })

  it('counts beyond what a number can hold', () => {
    const offsets = createOffsets()
    const huge = { ...at(0), offset: '9007199254740993' }
    offsets.delivered(huge)
    offsets.done(huge)
    expect(offsets.committable()).toEqual([{ ...huge, offset: '9007199254740994' }])
  })
})

/** What happens to one partition: a record is delivered, any delivered one is finished, the assignment changes. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ deliver: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 5, arbitrary: fc.record({ finish: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ reassign: fc.nat() }) },
)

describe('offsets, whatever the order of events', () => {
  it('commit exactly the finished run that begins at the first delivered record', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const offsets = createOffsets()
        const finished = new Set<number>()
        let run: number[] = []
        let next = 0
        for (const each of steps) {
          if ('deliver' in each) {
            run.push(next)
            offsets.delivered(at(next))
            next += each.deliver
          } else if ('finish' in each && run.length > 0) {
            const one = run[each.finish % run.length]!
            finished.add(one)
            offsets.done(at(one))
          } else if ('reassign' in each) {
            offsets.clear()
            next = run.find((one) => !finished.has(one)) ?? next
            for (const one of run) if (one >= next) finished.delete(one)
            run = []
          }
          const open = run.findIndex((one) => !finished.has(one))
          const last = run[(open === -1 ? run.length : open) - 1]
          expect(offsets.committable()).toEqual(last === undefined ? [] : [at(last + 1)])
        }
      }),
    )
  })
})
