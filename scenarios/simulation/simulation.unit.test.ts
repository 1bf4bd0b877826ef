import { describe, expect, it } from '@jest/globals'
import { checkHistory } from './check.ts'
import { countingViolations } from './counting.ts'
import { playHistory } from './history.ts'

const seeds = (from: number, histories: number) => Array.from({ length: histories }, (_, index) => from + index)

/** What failed, with the command that plays it again. */
async function failing(check: (seed: number) => Promise<readonly string[]>, wanted: readonly number[]): Promise<string[]> {
  const failed: string[] = []
  for (const seed of wanted) for (const wrong of await check(seed)) failed.push(`pnpm simulate --seed ${seed}: ${wrong}`)
  return failed
}

describe('the whole system in memory', () => {
  it('keeps every invariant in 200 histories, in which every mishap happened', async () => {
    const sometimes: Record<string, number> = {}
    const check = async (seed: number) => {
      const verdict = await checkHistory({ seed })
      for (const [what, times] of Object.entries(verdict.sometimes)) sometimes[what] = (sometimes[what] ?? 0) + times
      return verdict.wrong
    }
    expect(await failing(check, seeds(1, 200))).toEqual([])
    expect(Object.entries(sometimes).filter(([, times]) => times === 0)).toEqual([])
    const ends = ['dispatched', 'cancelled', 'out_of_stock', 'payment_failed']
    expect(Object.keys(sometimes)).toEqual(
      expect.arrayContaining([...ends, 'crashes', 'freezes', 'rewinds', 'acknowledgement', 'duplicates', 'poison']),
    )
  })

  it('counts every event and every effect once, in order, in 100 histories of a service that counts', async () => {
    expect(await failing((seed) => countingViolations({ seed }), seeds(1, 100))).toEqual([])
  })

  it('plays the same history of the same seed, whatever was played in between', async () => {
    const written = async (seed: number) => {
      const { stage, psp, mailbox } = await playHistory({ seed })
      return JSON.stringify([stage.scheduler.steps, stage.scheduler.now(), [...stage.broker.logs], psp.ledger, mailbox.mails])
    }
    const first = await written(4)
    expect(await written(5)).not.toBe(first)
    expect(await written(4)).toBe(first)
  })
})
