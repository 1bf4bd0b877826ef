import { describe, expect, it } from '@jest/globals'
import type { Running } from '@quadrille/service-kit'
import { backlogAllows } from '../src/limits.ts'

const config = { OUTBOX_LIMIT: 10, OUTBOX_LIMIT_AGE_MS: 1_000 }
const taking = (unsent: number, oldestAgeMs: number) =>
  backlogAllows({ config, backlog: () => ({ unsent, oldestAgeMs, parked: 0 }) } as unknown as Running)()

describe('orders, when events wait to be passed on', () => {
  it('takes orders up to the limit', async () => {
    await expect(taking(10, 1_000)).resolves.toBeUndefined()
  })
  it.each([
    [11, 0],
    [1, 1_001],
  ])('takes no more with %i waiting, the oldest for %i ms', async (unsent, age) => {
    await expect(taking(unsent, age)).rejects.toMatchObject({ status: 503, code: 'backlog', headers: { 'retry-after': '30' } })
  })
})
