import { describe, expect, it } from '@jest/globals'
import { neverBit } from './bites.ts'
import { checkHistory } from './check.ts'
import { countingViolations } from './counting.ts'
import { playHistory } from './history.ts'
import { simulate } from './simulate.ts'
import { add, emptyTally, tallyOf } from './tally.ts'

const seeds = (from: number, histories: number) => Array.from({ length: histories }, (_, index) => from + index)
const LONG = 120_000

describe('the whole system in memory', () => {
  it(
    'keeps every invariant in 300 histories, half of them rough, and every fault bit in one of them at least',
    async () => {
      const tally = emptyTally()
      for (const seed of seeds(1, 300)) add(tally, tallyOf(await checkHistory({ seed, rough: seed % 2 === 0 })))
      expect(tally.failed).toEqual([])
      expect(neverBit(tally.bites)).toEqual([])
      expect(Object.keys(tally.ends).sort()).toEqual(['cancelled', 'dispatched', 'out_of_stock', 'payment_failed'])
    },
    LONG,
  )

  it(
    'counts every event and every effect once, in order, in 100 histories of a service that counts',
    async () => {
      for (const seed of seeds(1, 100)) expect([seed, await countingViolations({ seed })]).toEqual([seed, []])
    },
    LONG,
  )

  it(
    'comes to the same in one go and in two, on one thread and on two',
    async () => {
      const whole = await simulate({ from: 1, histories: 30, workers: 1 })
      const before = await simulate({ from: 1, histories: 10, workers: 1 })
      expect(await simulate({ from: 11, histories: 20, workers: 2, before })).toEqual({ ...whole, seconds: expect.any(Number) })
    },
    LONG,
  )

  it('plays the same history of the same seed, whatever was played in between', async () => {
    const written = async (seed: number) => {
      const { stage, psp, mailbox } = await playHistory({ seed })
      return JSON.stringify([stage.scheduler.steps, stage.scheduler.now(), stage.broker.logs, psp.ledger, mailbox.mails])
    }
    const first = await written(4)
    expect(await written(5)).not.toBe(first)
    expect(await written(4)).toBe(first)
  })
})
