import { describe, expect, it } from '@jest/globals'
import type { PartitionRange, TopicPartition } from '../src/kafka.ts'
import { createAttempts, lagsBehind } from '../src/watched.ts'

describe('what the watchdog watches: attempts', () => {
  const sqlState = (code: string) => Object.assign(new Error(code), { code })
  const tried = async (error: unknown, elapsed = 0) => {
    let now = 0
    const attempts = createAttempts(() => now)
    await attempts.made(Promise.reject(error)).catch(() => undefined)
    now += elapsed
    return attempts
  }

  it('count when they come to something', async () => {
    const attempts = createAttempts()
    await attempts.made(Promise.resolve())
    await attempts.needed(Promise.resolve())
    expect(attempts.finished()).toBe(1)
  })

  it.each([
    ['a full disk', '53100'],
    ['a server that shuts down', '57P01'],
    ['a lost connection', 'ECONNRESET'],
    ['a read-only server', '25006'],
  ])('are hindered by %s, until it is mended', async (_, code) => {
    const attempts = await tried(sqlState(code))
    expect([attempts.hindered(), attempts.finished()]).toEqual([true, 0])
    await attempts.made(Promise.resolve())
    expect([attempts.hindered(), attempts.finished()]).toEqual([false, 1])
  })

  it('are not hindered by a lock: its holder may be a connection that this process has lost sight of', async () => {
    expect((await tried(sqlState('55P03'))).hindered()).toBe(false)
    expect((await tried(sqlState('40P01'))).hindered()).toBe(false)
  })

  it('are hindered no longer when nothing was tried for a while: then they hang', async () => {
    expect((await tried(sqlState('53100'), 14_999)).hindered()).toBe(true)
    expect((await tried(sqlState('53100'), 15_000)).hindered()).toBe(false)
  })
})

describe('what the watchdog watches: lag', () => {
  const orders = { topic: 'orders.v1', partition: 3 }
  const kafka = (range: Omit<PartitionRange, 'partition'>, committed: string | null) => ({
    topicOffsets: async () => [
      { partition: 3, ...range },
      { partition: 4, low: '0', high: '1000' },
    ],
    groupOffsets: async () => [
      { ...orders, offset: committed },
      { topic: 'orders.v1', partition: 4, offset: null },
    ],
  })
  const lags = (low: string, high: string, committed: string | null, reading: TopicPartition[] = [orders]) =>
    lagsBehind(kafka({ low, high }, committed), 'payments', reading)

  it.each([
    ['everything is committed', '0', '10', '10', false],
    ['one record is not', '0', '10', '9', true],
    ['nothing ever was, and there are records', '0', '1', null, true],
    ['nothing ever was, and there are none', '5', '5', null, false],
    ['what was not has gone by its age', '10', '10', '3', false],
    ['numbers are longer than a double holds', '0', '9007199254740993', '9007199254740992', true],
  ])('when %s: %s..%s, committed %s', async (_, low, high, committed, behind) => {
    expect(await lags(low, high, committed)).toBe(behind)
  })

  it('minds only the partitions that this process reads', async () => {
    expect(await lags('0', '10', '9', [])).toBe(false)
    expect(await lags('0', '10', '10', [{ topic: 'orders.v1', partition: 4 }])).toBe(true)
  })
})
