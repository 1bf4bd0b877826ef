import { describe, expect, it } from '@jest/globals'
import { neverBit } from './bites.ts'
import { simulate } from './simulate.ts'

const HISTORIES = 20_000
const LONGEST_MS = 600_000

describe('the whole system in memory', () => {
  it(
    `keeps every invariant in ${HISTORIES} histories, in which every fault bit`,
    async () => {
      const { histories, seconds, failed, bites } = await simulate({ from: 10_000_000, histories: HISTORIES, workers: 2 })
      process.stdout.write(`${histories} histories, ${Math.round(histories / seconds)} a second\n`)
      expect(failed.map(({ seed, wrong }) => `pnpm simulate --seed ${seed}: ${wrong[0]}`)).toEqual([])
      expect(histories).toBe(HISTORIES)
      expect(neverBit(bites)).toEqual([])
    },
    LONGEST_MS,
  )
})
