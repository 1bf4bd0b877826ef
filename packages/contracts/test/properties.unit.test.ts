import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { contractsByType, decode, encode, HEADERS, type KafkaRecord, OrderPlaced } from '../src/index.ts'
import { arbitraryData } from './arbitrary-data.ts'
import { delivered, everyEvent, recordOf, stamp, withData } from './records.ts'

describe('any event', () => {
  it.each(everyEvent)('$type reads back as it was written', ({ contract }) => {
    fc.assert(
      fc.property(arbitraryData(contract.schema), fc.integer({ min: 1 }), (data, sequence) => {
        const decoded = decode(contractsByType, delivered(encode(contract, data, { ...stamp, sequence })))
        expect(decoded).toMatchObject({ kind: 'event', envelope: { sequence, id: stamp.id } })
        expect(decoded).toHaveProperty('data', JSON.parse(JSON.stringify(data)))
      }),
      { numRuns: 50 },
    )
  })
})

const good = recordOf(OrderPlaced)
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
const header = fc.oneof(
  fc.constant(undefined),
  fc.string({ unit: 'binary' }),
  bytes,
  fc.array(fc.oneof(fc.string(), bytes), { maxLength: 2 }),
)
const names = fc.oneof(fc.constantFrom(...Object.values(HEADERS)), fc.string())
const anyRecord: fc.Arbitrary<KafkaRecord> = fc.record({
  key: fc.oneof(fc.constant(good.key), fc.constant(null), bytes),
  value: fc.oneof(
    fc.constant(good.value),
    fc.constant(null),
    bytes,
    fc.json().map((text) => Buffer.from(text)),
  ),
  headers: fc.oneof(
    fc.dictionary(names, header),
    fc.dictionary(names, header, { maxKeys: 2 }).map((broken) => ({ ...good.headers, ...broken })),
  ),
})

describe('decode', () => {
  it('answers whatever the bytes, and never throws', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const decoded = decode(contractsByType, record)
        expect(['event', 'unknown', 'invalid']).toContain(decoded.kind)
        if (decoded.kind !== 'invalid') return
        expect(decoded.message).toMatch(/^[^\0]{1,500}$/s)
        expect(decoded.orderId).toBe(record.key?.equals(good.key!) ? OrderPlaced.example.orderId : null)
      }),
      { numRuns: 2000 },
    )
  })

  it('never repeats what it refused, which may be personal', () => {
    const canary = 'canary-ada@example.com'
    const spoilt = fc.constantFrom(canary, [canary], { [canary]: canary }, `${canary}\0`, canary.repeat(99))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(OrderPlaced.example)), spoilt, { minKeys: 1 }), (data) => {
        const decoded = decode(contractsByType, withData(data))
        expect(decoded.kind === 'invalid' ? decoded.message : '').not.toContain('canary')
      }),
    )
    expect(decode(contractsByType, { ...good, value: Buffer.from(canary) })).toMatchObject({ message: 'the value is no JSON in UTF-8' })
  })
})
