import { describe, expect, it } from '@jest/globals'
import { contractsByType } from '@quadrille/contracts'
import { z } from 'zod'
import { type Schema, schemaRows, whatOf } from '../../page/views/contracts/schema-rows.ts'

const rowsOf = (type: string) => schemaRows(z.toJSONSchema(contractsByType.get(type)!.schema, { io: 'input' }) as Schema)

describe('a contract as a table', () => {
  it('names every field under the one that it is part of, and says what may stand there', () => {
    const rows = rowsOf('OrderPlaced').map(({ path, depth, what }) => [depth, path, what])
    expect(rows).toEqual([
      [0, 'orderId', 'UUID, lower case'],
      [0, 'customer', 'object'],
      [1, 'customer.id', 'text of 1 to 64 characters'],
      [1, 'customer.email', 'e-mail address of at most 254 characters'],
      [0, 'items', 'list of 1 to 50'],
      [1, 'items[].sku', 'text of 1 to 64 characters'],
      [1, 'items[].name', 'text of 1 to 200 characters'],
      [1, 'items[].quantity', 'whole number 1 to 1000'],
      [1, 'items[].price', 'whole number 0 or more'],
      [0, 'total', 'whole number 0 or more'],
      [0, 'currency', 'text, three capital letters'],
      [0, 'paymentToken', 'text of 1 to 128 characters'],
      [0, 'campaign', 'text of 1 to 64 characters'],
    ])
  })

  it('says what is personal, and what may be missing', () => {
    const rows = rowsOf('OrderPlaced')
    expect(rows.filter(({ personal }) => personal).map(({ path }) => path)).toEqual(['customer.email', 'paymentToken'])
    expect(rows.filter(({ optional }) => optional).map(({ path }) => path)).toEqual(['campaign'])
  })

  it('has words for every field of every contract', () => {
    const all = [...contractsByType.keys()].flatMap(rowsOf)
    expect(all.filter(({ what }) => what === 'anything' || /matching|undefined/.test(what))).toEqual([])
  })

  it('names choices', () => {
    expect(whatOf({ type: 'string', enum: ['customer', 'operator'] })).toBe('customer or operator')
    expect(whatOf({ anyOf: [{ type: 'boolean' }, { type: 'integer', minimum: 1 }] })).toBe('true or false or whole number 1 or more')
  })
})
