import { type AnyDefinition, type Handler, ignore } from './definition.ts'

/**
 * The service with one planted bug, for laboratories: `OrderPlaced:<orderId>` makes that handler throw for that order.
 * Costs nothing when off: the definition is then the very same object.
 */
export function withFailingHandler<D extends AnyDefinition>(service: D, plan: string | undefined): D {
  if (!plan) return service
  const [type, orderId] = plan.split(':')
  const consumes = Object.entries(service.consumes).map(([emitter, handlers]) => [emitter, mapHandlers(handlers!, type!, orderId!)])
  return { ...service, consumes: Object.fromEntries(consumes) }
}

function mapHandlers(handlers: Readonly<Record<string, unknown>>, type: string, orderId: string) {
  const handler = handlers[type]
  if (handler === undefined || handler === ignore) return handlers
  return { ...handlers, [type]: failing(handler as Handler<unknown, { orderId: string }>, orderId) }
}

const failing = (handler: Handler<unknown, { orderId: string }>, orderId: string): typeof handler => {
  return (state, fact, shared, now) => {
    if (fact.orderId === orderId) throw new Error('planted: this handler fails for this order')
    return handler(state, fact, shared, now)
  }
}
