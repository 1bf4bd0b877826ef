import { describe, expect, it } from '@jest/globals'
import { contractsByType } from '@quadrille/contracts'
import { email } from '@quadrille/email'
import { loyalty } from '@quadrille/loyalty'
import { type Reader, readsOf } from '@quadrille/messaging'
import { orders } from '@quadrille/orders'
import { payments } from '@quadrille/payments'
import { warehouse } from '@quadrille/warehouse'
import { contractViews, flowMap } from '../src/api/declared.ts'

const shop = orders({ cancelWindowMs: 0, products: new Map(), ordersPerSecond: 0 })
const definitions = [shop, payments, warehouse, loyalty({ holdMs: 0 }), email]

describe('the map of the dance', () => {
  it.each(definitions.map((definition) => [definition.name, definition] as const))('is what %s declares', (name, definition) => {
    const drawn = flowMap().services.find((service) => service.name === name)!
    expect([...drawn.emits].sort()).toEqual(definition.emits.map(({ type }) => type).sort())
    expect(drawn.consumes.flatMap(({ types }) => types).sort()).toEqual([...readsOf(definition as Reader).keys()].sort())
    expect(drawn.consumes.map(({ emitter }) => emitter).sort()).toEqual(Object.keys(definition.consumes).sort())
  })
})

describe('the catalogue', () => {
  it('holds every contract, with a schema that marks what is personal', () => {
    const views = contractViews()
    expect(views.map(({ type }) => type).sort()).toEqual([...contractsByType.keys()].sort())
    const placed = views.find(({ type }) => type === 'OrderPlaced')!
    expect(placed).toMatchObject({ emitter: 'orders', topic: 'orders.v1', consumers: ['payments', 'warehouse', 'loyalty', 'email'] })
    expect(placed.schema).toMatchObject({ properties: { paymentToken: { personal: true }, total: { type: 'integer' } } })
  })
})
