import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createWatchdog, judge, type Look, type Stall, type Work } from '../src/watchdog.ts'
import { createVirtualTime } from './virtual-time.ts'

const limitMs = 60_000
const everyMs = limitMs / 10

/** A work, its surroundings, and whoever watches them; all change at will. */
function watched({ limit = limitMs } = {}) {
  const time = createVirtualTime()
  const state = { finished: 0, waiting: true, hindered: false, database: 'answers' as 'answers' | 'fails' | 'hangs' }
  const told = { stalled: 0, fatal: [] as string[], probes: 0 }
  const forever = new Promise<never>(() => undefined)
  const work: Work = {
    name: 'sets',
    finished: () => state.finished,
    waiting: async () => state.waiting,
    hindered: () => state.hindered,
  }
  const watchdog = createWatchdog({
    works: [work],
    async probe() {
      told.probes += 1
      if (state.database === 'hangs') return forever
      if (state.database === 'fails') throw new Error('connection refused')
      return true
    },
    limitMs: limit,
    onStalled() {
      told.stalled += 1
    },
    onFatal: (error) => void told.fatal.push((error as Error).message),
    pause: time.pause,
    now: time.now,
  })
  watchdog.start()
  /** Once for each moment, as long as it takes. */
  async function repeat(times: number, ms: number, act: () => void) {
    for (let turn = 0; turn < times; turn += 1) {
      act()
      await time.elapse(ms)
    }
  }
  return { ...time, state, told, watchdog, repeat }
}

describe('watchdog, when work stands still while all is well around', () => {
  it('makes the process not ready for the last fifth of the minute, and then ends it', async () => {
    const { elapse, told, watchdog } = watched()
    await elapse(limitMs * 0.7)
    expect([watchdog.progressing, told.fatal]).toEqual([true, []])
    await elapse(limitMs * 0.2)
    expect([watchdog.progressing, told.fatal]).toEqual([false, []])
    expect(told.stalled).toBeGreaterThan(0)
    await elapse(limitMs * 0.2)
    expect(told.fatal[0]).toBe('sets stood still for 60000 ms while database and broker answered')
  })

  it('forgives everything once anything is finished', async () => {
    const { elapse, told, watchdog, state, repeat } = watched()
    await elapse(limitMs * 0.9)
    expect(watchdog.progressing).toBe(false)
    await repeat(20, limitMs * 0.9, () => (state.finished += 1))
    await elapse(0)
    expect(told.fatal).toEqual([])
  })

  it('never ends a process without work, and does not even ask the database then', async () => {
    const { elapse, told, state } = watched()
    state.waiting = false
    await elapse(100 * limitMs)
    expect([told.fatal, told.probes]).toEqual([[], 0])
  })

  it('is off when its limit is 0', async () => {
    const { elapse, told, watchdog } = watched({ limit: 0 })
    await elapse(100 * limitMs)
    expect([told.fatal, watchdog.progressing]).toEqual([[], true])
  })
})

describe('watchdog, when the trouble is outside', () => {
  it.each(['fails', 'hangs'] as const)(
    'waits out hours in which the database %s, and gives the process its full time afterwards',
    async (how) => {
      const { elapse, told, state, watchdog } = watched()
      state.database = how
      await elapse(2 * 3_600_000)
      expect([told.fatal, watchdog.progressing]).toEqual([[], true])
      state.database = 'answers'
      await elapse(limitMs * 0.7)
      expect(told.fatal).toEqual([])
      await elapse(limitMs * 0.5)
      expect(told.fatal).not.toEqual([])
    },
  )

  it('does not count attempts that fail for a reason outside: a full disk answers its probe', async () => {
    const { elapse, told, state } = watched()
    state.hindered = true
    await elapse(100 * limitMs)
    expect(told.fatal).toEqual([])
  })
})

describe('watchdog, judging any sequence of looks', () => {
  const look = fc.record({
    after: fc.integer({ min: 1, max: 3 * everyMs }),
    finishes: fc.boolean(),
    waiting: fc.boolean(),
    wellAround: fc.boolean(),
  })
  const still = fc.record({
    after: fc.constant(everyMs),
    finishes: fc.constant(false),
    waiting: fc.constant(true),
    wellAround: fc.constant(true),
  })
  const looks = fc.array(fc.oneof(look, { arbitrary: still, weight: 6 }), { minLength: 20, maxLength: 60, size: 'max' })

  function judged(seen: readonly { after: number; finishes: boolean; waiting: boolean; wellAround: boolean }[]) {
    const stalls: Stall[] = [{ at: 0, finished: 0, forMs: 0 }]
    for (const { after, finishes, waiting, wellAround } of seen) {
      const before = stalls.at(-1)!
      const now: Look = { at: before.at + after, finished: before.finished + Number(finishes), waiting, wellAround }
      stalls.push(judge(before, now, 2 * everyMs))
    }
    return stalls
  }

  it('ends no process that was not seen to stand still all along the limit', () => {
    fc.assert(
      fc.property(looks, (seen) => {
        const stalls = judged(seen)
        for (const [place, { at, forMs }] of stalls.entries()) {
          if (forMs < limitMs) continue
          const since = stalls.findLast((stall, earlier) => earlier < place && stall.forMs === 0)!
          expect(at - since.at).toBeGreaterThanOrEqual(limitMs)
          const within = seen.slice(stalls.indexOf(since), place)
          expect(within.every(({ finishes, waiting, wellAround }) => !finishes && waiting && wellAround)).toBe(true)
        }
      }),
    )
  })

  it('ends every process that stands still for the limit and one look more, whatever came before', () => {
    fc.assert(
      fc.property(looks, (before) => {
        const stalled = Array.from({ length: 11 }, () => ({ after: everyMs, finishes: false, waiting: true, wellAround: true }))
        expect(judged([...before, ...stalled]).at(-1)!.forMs).toBeGreaterThanOrEqual(limitMs)
      }),
    )
  })

  it('counts an hour in which nobody looked, since the process was frozen, as two looks', () => {
    const before = { at: 0, finished: 7, forMs: everyMs }
    expect(judge(before, { at: 3_600_000, finished: 7, waiting: true, wellAround: true }, 2 * everyMs).forMs).toBe(3 * everyMs)
  })
})
