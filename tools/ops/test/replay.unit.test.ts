import { describe, expect, it } from '@jest/globals'
import type { Operators } from '@quadrille/messaging'
import { fakeOperators, nowhere, sampleTask, town } from './fakes.ts'

function replaying() {
  const asked: unknown[] = []
  const tasks: Operators['tasks'] = {
    ...fakeOperators().tasks,
    plan: async (request) => {
      asked.push(request)
      return { plan: {}, total: 9, would: 9, orders: 0, sample: [{ topic: 'orders.v1', records: 9 }] }
    },
    find: async () => sampleTask({ kind: 'replay', status: 'done', total: 9, done: 9 }),
  }
  return { asked, sick: { changed: { tasks } } }
}

describe('ops replay', () => {
  it.each([
    [['--from', 'beginning'], { source: 'topic', from: 'beginning' }],
    [['--from', '2026-11-22T16:04:05+01:00'], { source: 'topic', from: { date: '2026-11-22T15:04:05.000Z' } }],
    [['--from', 'orders.v1-3-17'], { source: 'topic', from: { offsets: [{ topic: 'orders.v1', partition: 3, offset: '17' }] } }],
    [['--source', 'outbox', '--from', 'beginning', '--consumer', 'email'], { source: 'outbox', from: 'beginning', consumer: 'email' }],
  ])('asks for exactly that: %j', async (args, request) => {
    const { asked, sick } = replaying()
    const { run } = await town({ sick: { loyalty: sick } })
    const { out, exit } = await run('replay', 'loyalty', ...args)
    expect({ out, exit }).toEqual({ exit: 0, out: 'task 1 of loyalty: the replay is done: 9 steps of 9 went through' })
    expect(asked[1]).toEqual({ kind: 'replay', ...request })
  })

  it('looks first, where asked', async () => {
    const { run } = await town({ sick: { loyalty: replaying().sick } })
    const { out } = await run('replay', 'loyalty', '--from', 'beginning', '--dry-run')
    expect(out).toBe('loyalty: would replay 9 records\n  topic orders.v1  records 9')
  })

  it('says why there is nothing', async () => {
    const rest = 'loyalty has committed no offset here yet, and reads all of it itself'
    const plan = async () => ({ plan: {}, total: 0, would: 0, orders: null, sample: [{ topic: 'orders.v1', partition: 3, rest }] })
    const { run } = await town({ sick: { loyalty: { changed: { tasks: { ...fakeOperators().tasks, plan } } } } })
    const { out } = await run('replay', 'loyalty', '--from', 'beginning')
    expect(out).toBe(`There is nothing to replay.\nloyalty: would replay 0 records\n  topic orders.v1  partition 3  rest ${rest}`)
  })

  it.each([
    [['replay', 'loyalty'], 'say from where'],
    [
      ['replay', 'loyalty', '--from', 'yesterday'],
      '--from takes beginning, a time (2026-11-22T15:04:05Z) or offsets (orders.v1-3-17), not "yesterday"',
    ],
    [['replay', 'loyalty', '--from', 'beginning', '--source', 'disk'], '--source takes topic or outbox'],
    [['rebuild', 'psp'], 'there is no service psp'],
  ])('is used wrongly: %j', async (args, words) => {
    expect(await nowhere()(...args)).toMatchObject({ exit: 2, err: expect.stringContaining(words) })
  })
})
