import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { murmur2, partitionFor } from '../src/index.ts'

// The vectors of UtilsTest in Apache Kafka's Java client.
const published = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
] as const

describe('murmur2', () => {
  it.each(published)('gives %s the hash that Java gives it', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })
})

describe('the partition of a key', () => {
  // toPositive in Java clears the sign bit; taking the absolute value would give other partitions.
  it.each(published)('of %s is the one that Java computes', (text, hash) => {
    expect(partitionFor(text, 12)).toBe(Number((BigInt(hash) & 0x7fffffffn) % 12n))
  })

  it('exists for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 50 }), (bytes, partitions) => {
        const partition = partitionFor(Buffer.from(bytes), partitions)
        expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true)
      }),
    )
  })
})
