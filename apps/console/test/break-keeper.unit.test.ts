import { describe, expect, it } from '@jest/globals'
import { createVirtualTime } from '../../../packages/messaging/test/virtual-time.ts'
import type { Fault } from '../src/api-types.ts'
import { faultsOf } from '../src/break/catalogue.ts'
import { createKeeper } from '../src/break/keeper.ts'
import type { Kept } from '../src/break/ledger.ts'

/** A keeper whose deeds are only told, and fail as often as a test says. */
function stage({ failures = 0, begins = true, keeps = true } = {}) {
  const time = createVirtualTime()
  const done: string[] = []
  const ledger = new Map<string, Kept>()
  let left = failures
  const keeper = createKeeper({
    ...{ pause: time.pause, now: time.now, log: { info: () => undefined, warn: () => undefined } },
    ledger: {
      async keep(kept) {
        if (!keeps) throw new Error('no database')
        ledger.set(kept.id, kept)
      },
      forget: async (id) => void ledger.delete(id),
    },
    deedOf: ({ fault, target }) => ({
      async does() {
        done.push(`${fault.id} ${target}`)
        if (!begins) throw new Error('it does not answer')
        return 'so it is'
      },
      async undoes() {
        done.push(`undo ${fault.id} ${target}`)
        if (left-- > 0) throw new Error('it does not answer')
      },
    }),
  })
  const fault = (id: string): Fault => faultsOf(true).find((one) => one.id === id)!
  const begin = (id: string, target: 'email' | 'orders' | null = null) =>
    keeper.begin({ fault: fault(id), target, number: null, by: 'ada' })
  return { time, done, keeper, begin, fault, ledger }
}

describe('what is broken on purpose', () => {
  it('counts down, and undoes itself when its time is over', async () => {
    const { time, done, keeper, begin } = stage()
    await begin('psp-down')
    await time.elapse(44_000)
    expect(keeper.standing()).toMatchObject([{ fault: 'psp-down', target: null, by: 'ada', secondsLeft: 1, failure: null }])
    await time.elapse(1_001)
    expect([keeper.standing(), done]).toEqual([[], ['psp-down null', 'undo psp-down null']])
    expect(keeper.lately()).toMatchObject([{ fault: 'psp-down', words: 'It is over, and undone.' }])
  })

  it('is undone at once by who asks, and only that', async () => {
    const { done, keeper, begin } = stage()
    await begin('pause', 'email')
    await begin('pause', 'orders')
    await keeper.undo('pause', 'email')
    expect(done.at(-1)).toBe('undo pause email')
    expect(keeper.standing()).toMatchObject([{ fault: 'pause', target: 'orders' }])
    await keeper.undo('pause', 'email')
    expect(done).toHaveLength(3)
    await keeper.stop()
  })

  it('is undone altogether when the console stops, and nothing begins any more', async () => {
    const { done, keeper, begin } = stage()
    await begin('pause', 'email')
    await begin('psp-down')
    await keeper.stop()
    expect(done.slice(2).sort()).toEqual(['undo pause email', 'undo psp-down null'])
    expect(keeper.standing()).toEqual([])
    await expect(begin('psp-down')).rejects.toMatchObject({ status: 503 })
  })

  it('is not broken twice at a time: that is refused with 409', async () => {
    const { time, done, keeper, begin } = stage()
    await begin('kill', 'email')
    await time.elapse(3_000)
    await expect(begin('kill', 'email')).rejects.toMatchObject({
      status: 409,
      code: 'already-broken',
      detail: expect.stringMatching(/7 s/),
    })
    expect(done).toEqual(['kill email'])
    await keeper.undo('kill', 'email')
    await begin('kill', 'email')
    await keeper.stop()
  })

  it('says why it is not undone, and is tried again until it is', async () => {
    const { time, done, keeper, begin } = stage({ failures: 3 })
    await begin('pause', 'email')
    await keeper.undo('pause', 'email')
    expect(keeper.standing()).toMatchObject([{ secondsLeft: 0, failure: 'it does not answer' }])
    await time.until(() => keeper.standing().length === 0)
    expect(done.filter((one) => one.startsWith('undo'))).toHaveLength(4)
  })

  it('keeps nobody from stopping who cannot undo it', async () => {
    const { time, done, keeper, begin } = stage({ failures: 99 })
    await begin('pause', 'email')
    let stopped = false
    void keeper.stop().then(() => {
      stopped = true
    })
    await time.until(() => stopped, 2_000)
    expect(done.slice(1)).toEqual(Array(3).fill('undo pause email'))
  })

  it('that could not be begun stands nowhere, and is undone as if it had', async () => {
    const { done, keeper, begin } = stage({ begins: false })
    await expect(begin('freeze', 'orders')).rejects.toThrow('it does not answer')
    expect([keeper.standing(), done]).toEqual([[], ['freeze orders', 'undo freeze orders']])
  })

  it('is over at once where there is nothing to undo, and tells what came of it', async () => {
    const { keeper, begin } = stage()
    await begin('twice', 'orders')
    expect(keeper.standing()).toEqual([])
    expect(keeper.lately()).toMatchObject([{ fault: 'twice', target: 'orders', words: 'so it is' }])
  })

  it('is in the ledger before it is broken, and until it is undone', async () => {
    const { time, ledger, keeper, begin, done } = stage({ failures: 1 })
    await begin('psp-down')
    expect([...ledger.values()]).toMatchObject([{ wish: { fault: { id: 'psp-down' }, by: 'ada' }, since: 0, until: 45_000 }])
    await keeper.undo('psp-down', null)
    expect([done.at(-1), ledger.size]).toEqual(['undo psp-down null', 1])
    await time.until(() => keeper.standing().length === 0)
    expect(ledger.size).toBe(0)
  })

  it('is not broken where the ledger cannot be written', async () => {
    const { done, keeper, begin } = stage({ keeps: false })
    await expect(begin('psp-down')).rejects.toMatchObject({ status: 503, detail: expect.stringMatching(/^nothing was broken/) })
    expect([done, keeper.standing()]).toEqual([[], []])
  })

  it('by an earlier life stands until its own time is over, and is undone at once where that is over', async () => {
    const { time, done, keeper, fault, ledger } = stage()
    const left = (id: string, name: string, until: number): Kept => ({
      ...{ id, since: time.now() - 20_000, until: time.now() + until },
      wish: { fault: fault(name), target: null, number: null, by: 'ada' },
    })
    for (const kept of [left('1', 'psp-down', 25_000), left('2', 'mail-down', -5_000)]) {
      ledger.set(kept.id, kept)
      keeper.takeOver(kept)
    }
    await time.elapse(10)
    expect([done, [...ledger.keys()]]).toEqual([['undo mail-down null'], ['1']])
    expect(keeper.standing()).toMatchObject([{ fault: 'psp-down', by: 'ada', secondsLeft: 25 }])
    await time.elapse(25_000)
    expect([done.at(-1), keeper.standing(), ledger.size]).toEqual(['undo psp-down null', [], 0])
  })
})
