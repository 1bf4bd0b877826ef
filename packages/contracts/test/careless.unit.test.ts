import { describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { decode, defineEvent, encode, MASK, mask, OrderId, OrderPlaced } from '../src/index.ts'
import { orderPlacedWith, stamp } from './records.ts'

const { orderId } = OrderPlaced.example
const colours = Array.from({ length: 99 }, (_, shade) => `grey-${shade}`)

/** A contract that bounds nothing, as a newcomer might write one. */
const contractWith = (shape: z.ZodRawShape) =>
  defineEvent({ emitter: 'orders', type: 'Careless', version: 1, description: 'A test.', schema: z.object(shape), example: {} })

const decodedWith = (contract: ReturnType<typeof contractWith>, data: object) => {
  const value = Buffer.from(JSON.stringify(data))
  return decode(new Map([['Careless', contract]]), orderPlacedWith({ value, headers: { ce_type: 'Careless.v1' } }))
}

describe('a contract written carelessly', () => {
  it('that throws instead of refusing, does not stop its readers', () => {
    const breaking = z.string().refine(() => {
      throw new TypeError('a bug in a check')
    })
    expect(decodedWith(contractWith({ orderId: OrderId, breaking }), { orderId, breaking: 'x' })).toMatchObject({
      kind: 'invalid',
      code: 'UNDECODABLE',
      orderId,
    })
  })

  it('that finds a thousand faults, is quoted in 500 characters, and names the first', () => {
    const contract = contractWith({ orderId: OrderId, colours: z.array(z.enum(colours)) })
    const decoded = decodedWith(contract, { orderId, colours: Array(1000).fill('green') })
    expect(decoded).toMatchObject({ code: 'CONTRACT_DATA', path: 'colours.0', message: expect.stringMatching(/^colours\.0: .{1,489}$/) })
  })

  it('that names no order, or takes any text for one, cannot be sent', () => {
    const refusal = expect.objectContaining({ code: 'CONTRACT_DATA', path: 'orderId' })
    expect(() => encode(contractWith({}), {}, stamp)).toThrow(refusal)
    expect(() => encode(contractWith({ orderId: z.string() }), { orderId: 'order-1' }, stamp)).toThrow(refusal)
  })

  it('that keeps values where nobody can mark them personal, has them masked', () => {
    const contract = contractWith({ orderId: OrderId, notes: z.record(z.string(), z.string()) })
    expect(mask(contract, { orderId, notes: { phone: '1' } })).toEqual({ orderId, notes: MASK })
  })
})
