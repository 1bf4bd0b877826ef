import { describe, expect, it } from '@jest/globals'
import { catalogue, type Emitter, topicOf } from '@quadrille/contracts'
import { email } from '@quadrille/email'
import { loyalty } from '@quadrille/loyalty'
import { type Reader, readsOf as readsOfService } from '@quadrille/messaging'
import { orders } from '@quadrille/orders'
import { payments } from '@quadrille/payments'
import { warehouse } from '@quadrille/warehouse'
import { services } from '../src/addresses.ts'
import { handlers, readsOf } from '../src/handlers.ts'

const definitions: Readonly<Record<(typeof services)[number], Reader>> = {
  orders: orders({ products: new Map(), ordersPerSecond: 0, cancelWindowMs: 0 }),
  payments,
  warehouse,
  loyalty: loyalty({ holdMs: 0 }),
  email,
}

describe('who handles what, as ops has it', () => {
  it.each(services)('is what the service says itself: %s', (service) => {
    const said = [...readsOfService(definitions[service]).keys()].sort()
    const known = Object.keys(handlers).filter((type) => handlers[type]!.includes(service))
    expect(known.sort()).toEqual(said)
    expect(readsOf(service).map(topicOf).sort()).toEqual(
      Object.keys(definitions[service].consumes)
        .map((one) => topicOf(one as Emitter))
        .sort(),
    )
  })

  it('names only events that there are', () => {
    const types = Object.values(catalogue).flatMap((contracts) => Object.keys(contracts))
    expect(Object.keys(handlers).filter((type) => !types.includes(type))).toEqual([])
  })
})
