import { describe, expect, it } from '@jest/globals'
import { OrderPlaced } from '@quadrille/contracts'
import type { EventInput, InvalidInput } from '@quadrille/messaging'
import type { Kept } from '../src/model/event.ts'
import { createIntoModel } from '../src/model/into-model.ts'

const at = { key: null, value: null, topic: 'orders.v1', partition: 0, timestamp: '0' }
const event = (id: string): EventInput => ({
  ...{ kind: 'event', id, orderId: 'order-1', emitter: 'orders', type: 'OrderPlaced', fact: OrderPlaced.example as never, cause: {} },
  message: { ...at, offset: '1', headers: { ce_time: '2026-01-01T00:00:00Z' } },
})
const broken: InvalidInput = {
  kind: 'invalid',
  id: 'x',
  orderId: null,
  code: 'UNDECODABLE',
  error: '',
  message: { ...at, offset: '2', headers: {} },
}

/** A model that refuses to save as told. */
function openModel(refuse: (events: readonly Kept[], attempt: number) => unknown) {
  const told = { saved: [] as string[], failures: [] as (string | undefined)[], unreadable: 0, attempts: 0 }
  const ending = new AbortController()
  const model = createIntoModel({
    async save(events) {
      const error = refuse(events, ++told.attempts)
      if (error) throw error
      told.saved.push(...events.map(({ id }) => id))
      return []
    },
    onSaved: () => undefined,
    onFailure: (failure) => told.failures.push(failure),
    onUnreadable: () => told.unreadable++,
    pause: async () => undefined,
    ending: ending.signal,
  })
  return { model, told, ending }
}

describe('what the console reads', () => {
  it('is saved together, in the order in which it came, and told as done only then', async () => {
    const { model, told } = openModel(() => undefined)
    await Promise.all(['a', 'b', 'c'].map((id) => model.add(event(id))))
    expect(told).toMatchObject({ saved: ['a', 'b', 'c'], attempts: 1, unreadable: 0 })
    expect(model.size).toBe(0)
  })

  it('waits for a database that is away, and says so meanwhile', async () => {
    const { model, told } = openModel((_, attempt) =>
      attempt < 4 ? Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }) : undefined,
    )
    await model.add(event('a'))
    expect(told.saved).toEqual(['a'])
    expect(told.failures).toEqual([...Array(3).fill('what was read cannot be saved: gone'), undefined])
  })

  it('is not lost to a table that is missing: that is no fault of the event', async () => {
    const { model, told } = openModel((_, attempt) => (attempt < 3 ? Object.assign(new Error('no table'), { code: '42P01' }) : undefined))
    await model.add(event('a'))
    expect(told).toMatchObject({ saved: ['a'], unreadable: 0 })
  })

  it('passes by, and counts, what it cannot read or its database cannot hold', async () => {
    const guilty = (events: readonly Kept[]) => events.some(({ id }) => id === 'b') && Object.assign(new Error('no'), { code: '22P05' })
    const { model, told } = openModel(guilty)
    await Promise.all([model.add(event('a')), model.add(event('b')), model.add(broken), model.add(event('c'))])
    expect(told).toMatchObject({ saved: ['a', 'c'], unreadable: 2 })
  })

  it('is left to the next time when it ends meanwhile', async () => {
    const { model, told, ending } = openModel((_, attempt) => {
      if (attempt === 2) ending.abort()
      return new Error('gone')
    })
    let done = false
    void model.add(event('a')).then(() => {
      done = true
    })
    await model.drained()
    expect([done, told.saved, told.attempts]).toEqual([false, [], 2])
  })

  it('holds nothing personal when it is kept', async () => {
    const kept: Kept[] = []
    const { model } = openModel((events) => void kept.push(...events))
    await model.add(event('a'))
    expect(kept[0]!.payload).not.toContain('ada@example.com')
    expect(kept[0]!.payload).toContain('"email":"***"')
  })
})
