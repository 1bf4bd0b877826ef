import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decodeHeaders, encodeHeaders } from '../src/postgres/raw-headers.ts'

const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array))
const names = fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'toString', 'ce_id'))

describe('headers kept as bytes', () => {
  it('come back as they were, whatever they are called and hold, also sent twice', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 })))), (pairs) => {
        const headers = Object.assign(Object.create(null), Object.fromEntries(pairs))
        expect(Object.entries(decodeHeaders(encodeHeaders(headers)))).toEqual(Object.entries(headers))
      }),
    )
  })
})
