import { describe, expect, it } from '@jest/globals'
import { fromTheStart, isEmptied } from '../src/model/refill.ts'

/** A group that somebody who died is a member of for so many looks yet. */
function world({ events = 0, deadFor = 0, state = 'Empty', failsFirst = false } = {}) {
  const did: string[] = []
  let looks = 0
  const ending = new AbortController()
  const kafka = {
    groupMembers: async () => {
      if (failsFirst && did.push('failed') === 1) throw new Error('no broker')
      return looks++ < deadFor ? { members: 1, state: 'Stable' } : { members: 0, state }
    },
    deleteGroup: async (group: string) => void did.push(`deleted ${group}`),
  }
  const trx = { query: async () => Array.from({ length: events }, () => ({})) as never }
  const warned: unknown[] = []
  const log = { warn: (fields: object) => void warned.push(fields) }
  const pause = async () => void (did.length > 50 && ending.abort())
  return { did, warned, looks: () => looks, run: () => fromTheStart({ kafka, trx, group: 'console', log, pause, ending: ending.signal }) }
}

describe('a read model without events', () => {
  it('forgets how far its group had read, so that it is filled again', async () => {
    const { did, run } = world()
    await run()
    expect(did).toEqual(['deleted console'])
  })

  it('waits until a member that died is forgotten', async () => {
    const { did, looks, run } = world({ deadFor: 5 })
    await run()
    expect([did, looks()]).toEqual([['deleted console'], 6])
  })

  it('does not wait for ever: a member that stays is alive, and fills it', async () => {
    const { did, looks, run } = world({ deadFor: 1_000 })
    await run()
    expect(did).toEqual([])
    expect(looks()).toBeLessThan(100)
  })

  it('deletes nothing where no such group ever was', async () => {
    const { did, run } = world({ state: 'Dead' })
    await run()
    expect(did).toEqual([])
  })

  it('waits for a broker that is away, and says so once', async () => {
    const { did, warned, run } = world({ failsFirst: true })
    await run()
    expect(did.at(-1)).toBe('deleted console')
    expect(warned).toEqual([{ failure: 'no broker' }])
  })
})

describe('a read model with events', () => {
  it('goes on where its group stands', async () => {
    const { did, looks, run } = world({ events: 1 })
    await run()
    expect([did, looks()]).toEqual([[], 0])
  })

  it('has been emptied where a table is missing, and only there', () => {
    expect([isEmptied({ code: '42P01' }), isEmptied({ code: '57P01' }), isEmptied(new Error('no'))]).toEqual([true, false, false])
  })
})
