import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { contractsByType, decode, type Encoded, encode } from '../src/index.ts'
import { delivered, everyEvent, stamp } from './records.ts'

// Written once and never regenerated: records like these lie in topics and outboxes. A new event adds an entry, a new field changes none.
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Record<string, Encoded>

describe('the golden records', () => {
  it('hold one record of every event', () => {
    expect(Object.keys(golden)).toEqual(everyEvent.map(({ contract }) => contract.ceType))
  })

  it.each(everyEvent)('$type is written byte for byte as it always was', ({ contract }) => {
    expect(encode(contract, contract.example, stamp)).toEqual(golden[contract.ceType])
  })

  it.each(everyEvent)('$type of long ago can still be read', ({ contract }) => {
    const { orderId } = contract.example as { orderId: string }
    expect(decode(contractsByType, delivered(golden[contract.ceType]!))).toEqual({
      kind: 'event',
      contract,
      data: contract.example,
      envelope: { ...stamp, type: contract.type, version: 1, source: `/${contract.emitter}`, orderId, dataschema: contract.dataschema },
    })
  })
})
