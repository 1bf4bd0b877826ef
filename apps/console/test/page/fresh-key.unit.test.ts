import { describe, expect, it } from '@jest/globals'
import { freshKey } from '../../page/store/fresh-key.ts'

describe('a fresh key', () => {
  it('is a UUID also where the browser does not trust the connection', () => {
    const plain = { getRandomValues: crypto.getRandomValues.bind(crypto) }
    const keys = Array.from({ length: 100 }, () => freshKey(plain))
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(keys).size).toBe(100)
  })
})
