import { describe, expect, it } from '@jest/globals'
import { count } from '../src/telling.ts'

describe('changes, counted after their commit', () => {
  it('are told where counting fails, and the others are counted', () => {
    const [counted, told]: [number[], unknown[]] = [[], []]
    const measure = ({ after }: { after: number }) => {
      if (after === 2) throw new Error('no such day')
      counted.push(after)
    }
    const changes = [1, 2, 3].map((after) => ({ before: 0, after, now: new Date(0) }))
    count(measure, changes, { error: (fields) => told.push(fields) })
    expect(counted).toEqual([1, 3])
    expect(told).toEqual([{ error: expect.stringContaining('no such day') }])
  })
})
