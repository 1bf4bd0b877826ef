import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { createTurns, submitted } from '../src/turns.ts'

describe('requests under one Idempotency-Key, when they come together', () => {
  it('wait for the first, then ask themselves', async () => {
    const inTurn = createTurns()
    const first = Promise.withResolvers<string>()
    const order: string[] = []
    const answers = [
      inTurn('k', () => first.promise),
      inTurn('k', async () => {
        order.push('second')
        return 'again'
      }),
    ]
    expect(await inTurn('another', async () => 'at once')).toBe('at once')
    expect(order).toEqual([])
    first.resolve('done')
    expect(await Promise.all(answers)).toEqual(['done', 'again'])
  })
  it('are told to come back when the first takes too long', async () => {
    const inTurn = createTurns(1)
    void inTurn('k', () => new Promise(() => {}))
    await expect(inTurn('k', async () => 'never')).rejects.toMatchObject({
      status: 409,
      code: 'in-progress',
      headers: { 'retry-after': '1' },
    })
  })
  it('try for themselves when the first failed', async () => {
    const inTurn = createTurns()
    const first = Promise.withResolvers<never>()
    const failing = inTurn('k', () => first.promise)
    const second = inTurn('k', async () => 'done')
    first.reject(new Error('the database is down'))
    await expect(failing).rejects.toThrow('the database is down')
    expect(await second).toBe('done')
  })
  it('are told the same when another process holds the key', async () => {
    const submit = () => Promise.reject(Object.assign(new Error('lock timeout'), { code: '55P03' }))
    await expect(submitted({ submit }, 'place', { orderId: '1' }, 'k')).rejects.toMatchObject({ status: 409 })
    await expect(submitted({ submit }, 'place', { orderId: '1' })).rejects.toThrow('lock timeout')
  })
})

describe('a command that does not come back', () => {
  afterEach(() => void jest.useRealTimers())
  it('is given up after 5 s', async () => {
    jest.useFakeTimers()
    const waiting = submitted({ submit: () => new Promise(() => {}) }, 'place', { orderId: '1' })
    const told = expect(waiting).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '2' } })
    await jest.advanceTimersByTimeAsync(5_000)
    await told
  })
})
