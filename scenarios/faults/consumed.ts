import { topicOf } from '@quadrille/contracts'
import { email } from '@quadrille/email'
import { loyalty } from '@quadrille/loyalty'
import { ignore } from '@quadrille/messaging'
import { orders } from '@quadrille/orders'
import { payments } from '@quadrille/payments'
import type { ServiceName } from '@quadrille/testing'
import { warehouse } from '@quadrille/warehouse'

const shop = orders({ cancelWindowMs: 0, products: new Map(), ordersPerSecond: 0 })

/** Who handles what: services by topic and type, such as `orders.v1 OrderPlaced.v1`; from their own definitions. */
export const consumersOf: ReadonlyMap<string, readonly ServiceName[]> = (() => {
  const pairs = [shop, payments, warehouse, loyalty({ holdMs: 0 }), email].flatMap(({ name, consumes }) =>
    Object.entries(consumes).flatMap(([emitter, handlers]) =>
      Object.entries(handlers as object)
        .filter(([, handler]) => handler !== ignore)
        .map(([type]) => [`${topicOf(emitter as ServiceName)} ${type}.v1`, name as ServiceName] as const),
    ),
  )
  return new Map([...Map.groupBy(pairs, ([what]) => what)].map(([what, group]) => [what, group.map(([, name]) => name)]))
})()
