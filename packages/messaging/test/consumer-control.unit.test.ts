import { describe, expect, it } from '@jest/globals'
import { createConsumerControl } from '../src/consumer-control.ts'
import type { ConsumerPause, PauseStore } from '../src/postgres/consumer-pause.ts'
import { fakeLog } from './consumer-fakes.ts'
import { createVirtualTime } from './virtual-time.ts'

/** The row that all instances share, in a database that may be away, or answer late. */
function sharedRow(row: ConsumerPause | null = null) {
  const state = { row, away: false, late: undefined as Promise<void> | undefined }
  const answer = async <T>(read: () => T): Promise<T> => {
    if (state.away) throw new Error('database is away')
    const found = read()
    await state.late
    return found
  }
  const store: PauseStore = {
    read: () => answer(() => state.row),
    async begin(reason, by) {
      const begun = state.row === null
      state.row ??= { reason, by, since: new Date(0) }
      return { ...state.row, begun }
    },
    async end() {
      const ended = state.row
      state.row = null
      return ended
    },
  }
  return { state, store }
}

const held = { reason: 'a look', by: 'ada', since: new Date(0) }
const EVERY_MS = 1_000

function instance(store: PauseStore, time = createVirtualTime()) {
  const calls: string[] = []
  const errors: string[] = []
  let paused = false
  const consumer = {
    ...{ joined: true, lastProgress: 0, assigned: [] },
    start: async () => void calls.push('start'),
    pause() {
      calls.push('pause')
      paused = true
    },
    resume() {
      calls.push('resume')
      paused = false
    },
    get paused() {
      return paused
    },
  }
  const onError = (error: unknown) => void errors.push((error as Error).message)
  const control = createConsumerControl({ consumer, store, log: fakeLog(), onError, pause: time.pause, everyMs: EVERY_MS })
  control.start()
  return { control, calls, errors, time, look: () => time.elapse(EVERY_MS) }
}

describe('a consumer that operators pause', () => {
  it('stands still in every instance: at once where it was asked for, elsewhere at the next look', async () => {
    const [{ store }, time] = [sharedRow(), createVirtualTime()]
    const [one, other] = [instance(store, time), instance(store, time)]
    await one.look()
    await one.control.pause('a look', 'ada')
    expect(one.control.state().paused).toEqual(held)
    expect([one.calls, other.calls]).toEqual([['start', 'pause'], ['start']])
    await one.look()
    expect(other.control.state().paused).toEqual(held)
    expect(other.calls).toEqual(['start', 'pause'])
    expect(await other.control.resume()).toEqual(held)
    await one.look()
    expect([one.calls, other.calls]).toEqual(Array(2).fill(['start', 'pause', 'resume']))
  })

  it('is paused before it joins, when it starts in a pause', async () => {
    const { calls, look } = instance(sharedRow(held).store)
    await look()
    expect(calls).toEqual(['pause', 'start'])
  })

  it('joins only once it is known whether it may read', async () => {
    const { state, store } = sharedRow()
    state.away = true
    const { calls, errors, look } = instance(store)
    await look()
    expect(calls).toEqual([])
    state.away = false
    await look()
    expect(calls).toEqual(['start'])
    expect(errors).toContain('database is away')
  })

  it('goes on as it is while the database is away', async () => {
    const { state, store } = sharedRow(held)
    const { control, calls, look } = instance(store)
    await look()
    Object.assign(state, { away: true, row: null })
    await look()
    expect(control.state().paused).toEqual(held)
    expect(calls).toEqual(['pause', 'start'])
  })

  it('tells the second operator who was first, and takes a second resume as done', async () => {
    const { control } = instance(sharedRow(held).store)
    const first = 'by ada since 1970-01-01T00:00:00.000Z: "a look"'
    await expect(control.pause('me too', 'grace')).rejects.toMatchObject({
      ...{ code: 'ALREADY_PAUSED', message: expect.stringContaining(first) },
    })
    expect(control.state().paused).toEqual(held)
    expect([await control.resume(), await control.resume()]).toEqual([held, null])
  })

  it('is not resumed by an answer from before the pause', async () => {
    const { state, store } = sharedRow()
    const late = Promise.withResolvers<void>()
    state.late = late.promise
    const { control, calls, look } = instance(store)
    await control.pause('a look', 'ada')
    late.resolve()
    state.away = true
    await look()
    expect(control.state().paused).toEqual(held)
    expect(calls).toEqual(['pause', 'start'])
  })

  it('joins no more once it is stopped', async () => {
    const { state, store } = sharedRow()
    state.away = true
    const { control, calls, look } = instance(store)
    await control.stop()
    state.away = false
    await look()
    expect(calls).toEqual([])
  })
})
