import { describe, expect, it } from '@jest/globals'
import { simulate } from './simulate.ts'

const HISTORIES = 20_000
// about 100 s on two cores that others use as well
const LONGEST_MS = 300_000

describe('the whole system in memory', () => {
  it(
    `keeps every invariant in ${HISTORIES} histories`,
    async () => {
      const { done, perSecond, failed } = await simulate({ from: 1_000_000, histories: HISTORIES, workers: 2 })
      process.stdout.write(`${done} histories, ${Math.round(perSecond)} a second\n`)
      expect(failed.map(({ seed, wrong }) => `pnpm simulate --seed ${seed}: ${wrong[0]}`)).toEqual([])
      expect(done).toBe(HISTORIES)
    },
    LONGEST_MS,
  )
})
