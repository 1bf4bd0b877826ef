import { describe, expect, it } from '@jest/globals'
import { inUrgency, nextTry, waitsLong } from '../../page/views/outbox/words.ts'
import type { Effect } from '../../src/api-types.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()
const effect = (more: Partial<Effect>) =>
  ({ key: 'capture:o-1', status: 'due', attempts: 0, runAt: at(0), firstStartedAt: null, leasedUntil: null, ...more }) as Effect

describe('an effect', () => {
  it('waits long when its time came half a minute ago, or it has been tried for as long', () => {
    expect(waitsLong(effect({ runAt: at(-29) }), now)).toBe(false)
    expect(waitsLong(effect({ runAt: at(-31) }), now)).toBe(true)
    expect(waitsLong(effect({ runAt: at(5), attempts: 3, firstStartedAt: at(-40) }), now)).toBe(true)
    expect(waitsLong(effect({ runAt: at(600) }), now)).toBe(false)
  })

  it('that was refused stands first, and then what waits long', () => {
    const all = [
      effect({ key: 'hold', runAt: at(600) }),
      effect({ key: 'late', runAt: at(-90) }),
      effect({ key: 'refused', status: 'refused' }),
      effect({ key: 'due' }),
    ]
    expect(inUrgency(all, now).map(({ key }) => key)).toEqual(['refused', 'late', 'due', 'hold'])
  })

  it('tells when it is tried next', () => {
    expect(nextTry(effect({ runAt: at(12) }), now)).toBe('in 12 s')
    expect(nextTry(effect({ runAt: at(-1) }), now)).toBe('now')
    expect(nextTry(effect({ leasedUntil: at(9) }), now)).toBe('under way')
    expect(nextTry(effect({ status: 'refused' }), now)).toBe('when redriven')
  })
})
