import { expect, it } from '@jest/globals'
import { email } from '@quadrille/email'
import { loyalty } from '@quadrille/loyalty'
import { orders } from '@quadrille/orders'
import { payments } from '@quadrille/payments'
import { warehouse } from '@quadrille/warehouse'
import { reads } from '../src/reads.ts'

it('the console watches what the services read', () => {
  const shop = orders({ cancelWindowMs: 0, products: new Map(), ordersPerSecond: 0 })
  const definitions = [shop, payments, loyalty({ holdMs: 0 }), email, warehouse]
  expect(Object.fromEntries(definitions.map(({ name, consumes }) => [name, Object.keys(consumes)]))).toEqual(reads)
})
