import { describe, expect, it } from '@jest/globals'
import { ContractError, contractsByType, decode, encode, type KafkaRecord, OrderPlaced, PaymentCaptured, type Stamp } from '../src/index.ts'
import { delivered, orderPlacedWith, recordOf, stamp, withData } from './records.ts'

const { orderId } = OrderPlaced.example
const items = OrderPlaced.example.items
const headers = (changed: KafkaRecord['headers']) => orderPlacedWith({ headers: changed })
const text = (value: string) => orderPlacedWith({ value: Buffer.from(value) })

describe('a record, when it is the sender’s fault', () => {
  const cases: [why: string, record: KafkaRecord, code: string, path?: string][] = [
    ['has no id', headers({ ce_id: undefined }), 'UNDECODABLE'],
    ['has an empty id', headers({ ce_id: '' }), 'UNDECODABLE'],
    ['has an id no table takes', headers({ ce_id: 'a\0b' }), 'UNDECODABLE'],
    ['has an id longer than an index takes', headers({ ce_id: 'x'.repeat(3000) }), 'UNDECODABLE'],
    ['has no type', headers({ ce_type: undefined }), 'UNDECODABLE'],
    ['has no value', orderPlacedWith({ value: null }), 'UNDECODABLE'],
    ['has no key', orderPlacedWith({ key: null }), 'UNDECODABLE'],
    ['has a key that is no order id', orderPlacedWith({ key: Buffer.from('order-1') }), 'UNDECODABLE'],
    ['has an order id in capitals as key', orderPlacedWith({ key: Buffer.from(orderId.toUpperCase()) }), 'UNDECODABLE'],
    ['is no JSON', text('{"orderId":'), 'UNDECODABLE'],
    ['is no UTF-8', orderPlacedWith({ value: Buffer.from([0x22, 0xff, 0x22]) }), 'UNDECODABLE'],
    ['is nested a million deep', text('['.repeat(1_000_000)), 'UNDECODABLE'],
    ['has no correlation', headers({ ce_correlationid: undefined }), 'UNDECODABLE', 'correlationId'],
    ['has an unusable causation', headers({ ce_causationid: 'a b' }), 'UNDECODABLE', 'causationId'],
    ['has no time', headers({ ce_time: 'yesterday' }), 'UNDECODABLE', 'time'],
    ['has no sequence', headers({ ce_sequence: undefined }), 'UNDECODABLE', 'sequence'],
    ['has sequence 0', headers({ ce_sequence: '0' }), 'UNDECODABLE', 'sequence'],
    ['has sequence 1.5', headers({ ce_sequence: '1.5' }), 'UNDECODABLE', 'sequence'],
    ['has sequence 1e3', headers({ ce_sequence: '1e3' }), 'UNDECODABLE', 'sequence'],
    ['is of another version', headers({ ce_type: 'OrderPlaced.v2' }), 'CONTRACT_VERSION'],
    ['is of no version', headers({ ce_type: 'OrderPlaced' }), 'CONTRACT_VERSION'],
    ['speaks of another order', withData({ orderId: orderId.replace('4e', '4f') }), 'CONTRACT_DATA', 'orderId'],
    ['lacks a field', withData({ total: undefined }), 'CONTRACT_DATA', 'total'],
    ['has a quantity of 0', withData({ items: [{ ...items[0], quantity: 0 }] }), 'CONTRACT_DATA', 'items.0.quantity'],
    ['has 51 lines', withData({ items: Array(51).fill(items[0]) }), 'CONTRACT_DATA', 'items'],
    ['has money in fractions', withData({ total: 34.7 }), 'CONTRACT_DATA', 'total'],
    ['holds a NUL', withData({ campaign: 'a\0b' }), 'CONTRACT_DATA', 'campaign'],
    ['is null', text('null'), 'CONTRACT_DATA'],
  ]

  const named = cases.map(([why, record, code, path]) => ({ why, record, refusal: { kind: 'invalid', code, ...(path && { path }) } }))

  it.each(named)('which $why, is refused', ({ record, refusal }) => {
    expect(decode(contractsByType, record)).toMatchObject(refusal)
  })

  it('names the order to park and the id to claim, where it has them', () => {
    expect(decode(contractsByType, text('?'))).toMatchObject({ id: stamp.id, orderId })
    expect(decode(contractsByType, headers({ ce_id: undefined }))).toMatchObject({ id: null, orderId })
    expect(decode(contractsByType, orderPlacedWith({ key: Buffer.from('order-1') }))).toMatchObject({ id: stamp.id, orderId: null })
  })

  it('is described in at most 500 characters, though it be wrong in a hundred thousand places', () => {
    const record = text(JSON.stringify({ ...OrderPlaced.example, items: Array(100_000).fill(0) }))
    expect(decode(contractsByType, record)).toMatchObject({ code: 'CONTRACT_DATA', message: expect.stringMatching(/^.{1,500}$/) })
  })
})

describe('a record, when it is good', () => {
  it('may carry fields and headers that nobody here knows', () => {
    const decoded = decode(contractsByType, orderPlacedWith({ ...withData({ gift: true }), headers: { 'x-more': 'y' } }))
    expect(decoded).toMatchObject({ kind: 'event', data: OrderPlaced.example })
    expect(decoded).not.toHaveProperty('data.gift')
  })

  it('is read by the first of a header sent twice', () => {
    expect(decode(contractsByType, headers({ ce_sequence: ['7', Buffer.from('8')] }))).toMatchObject({ envelope: { sequence: 7 } })
  })

  it.each([undefined, '', 'a\0b', '00-abc-def-01'])(
    'is handled also with the trace context %j: telemetry decides nothing',
    (traceparent) => {
      expect(decode(contractsByType, headers({ traceparent }))).toMatchObject({ kind: 'event', envelope: { traceparent: '' } })
    },
  )

  it('has no causation if a request caused it', () => {
    const encoded = encode(OrderPlaced, OrderPlaced.example, { ...stamp, causationId: undefined })
    expect(encoded.headers).not.toHaveProperty('ce_causationid')
    expect(decode(contractsByType, delivered(encoded))).toHaveProperty('envelope.causationId', undefined)
  })
})

describe('a record of a type that the reader does not consume', () => {
  const reads = new Map([[PaymentCaptured.type, PaymentCaptured]])

  it('is unknown, and no fault of anybody', () => {
    expect(decode(reads, recordOf(OrderPlaced))).toEqual({ kind: 'unknown', type: 'OrderPlaced.v1', id: stamp.id, orderId })
  })

  it('is unknown whatever its key, version and value', () => {
    const record = { key: Buffer.from('?'), value: Buffer.from('?'), headers: { ce_id: 'x', ce_type: 'Größe.v9' } }
    expect(decode(reads, record)).toEqual({ kind: 'unknown', type: 'Größe.v9', id: 'x', orderId: null })
  })
})

describe('an event that breaks its own contract', () => {
  const refusal = (data: unknown, stamped: Stamp = stamp): unknown => {
    try {
      return encode(OrderPlaced, data, stamped)
    } catch (error) {
      return error
    }
  }

  it('is not encoded, and the error says where', () => {
    const error = refusal({ ...OrderPlaced.example, items: [{ ...items[0], quantity: 1001 }] })
    expect(error).toBeInstanceOf(ContractError)
    expect(error).toMatchObject({ code: 'CONTRACT_DATA', path: 'items.0.quantity' })
  })

  it('is not encoded with a stamp that no reader would accept', () => {
    expect(refusal(OrderPlaced.example, { ...stamp, time: '2026-11-22 15:04:05+00' })).toMatchObject({ code: 'UNDECODABLE', path: 'time' })
    expect(refusal(OrderPlaced.example, { ...stamp, sequence: 0 })).toMatchObject({ code: 'UNDECODABLE', path: 'sequence' })
  })

  it('leaves out what its contract does not name', () => {
    expect(encode(OrderPlaced, { ...OrderPlaced.example, cvv: '123' }, stamp).value).not.toContain('cvv')
  })
})
