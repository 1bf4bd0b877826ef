import { describe, expect, it } from '@jest/globals'
import { neverBit } from './bites.ts'
import { simulate } from './simulate.ts'

const MOST_HISTORIES = 100_000
const FEWEST_HISTORIES = 1_000 // the rarest fault bites in one of a hundred
// .ci/run plays more beside the tests, and by hand many more were: see result.json.
const ENOUGH_MS = 20_000

describe('the whole system in memory', () => {
  it(
    'keeps every invariant in as many histories as 20 s hold, in which every fault bit',
    async () => {
      const { histories, seconds, failed, bites } = await simulate({
        from: 10_000_000,
        histories: MOST_HISTORIES,
        workers: 2,
        signal: AbortSignal.timeout(ENOUGH_MS),
      })
      process.stdout.write(`${histories} histories, ${Math.round(histories / seconds)} a second\n`)
      expect(failed.map(({ seed, wrong }) => `pnpm simulate --seed ${seed}: ${wrong[0]}`)).toEqual([])
      expect(histories).toBeGreaterThanOrEqual(FEWEST_HISTORIES)
      expect(neverBit(bites)).toEqual([])
    },
    6 * ENOUGH_MS,
  )
})
