import { describe, expect, it } from '@jest/globals'
import { validate, version } from 'uuid'
import { uuidv7 } from '../src/uuidv7.ts'

describe('ids, when many are made', () => {
  const ids = Array.from({ length: 2_000 }, uuidv7)

  it('are UUIDs of version 7, each another', () => {
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true)
    expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(ids.length)
  })

  it('sort as they were made, also within a millisecond', () => {
    expect([...ids].sort()).toEqual(ids)
  })
})
