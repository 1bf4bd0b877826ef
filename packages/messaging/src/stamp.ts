import { type EventContract, encode } from '@quadrille/contracts'
import type { Definition, OrderFact } from './definition.ts'
import { MessageError } from './errors.ts'
import type { Stamp } from './fold.ts'
import type { Created, Timed } from './spans.ts'

/** Gives an event its envelope: made once, with the outbox row. Correlation, causation, sequence and trace context cannot be forgotten. */
export function createStamp(
  service: Pick<Definition, 'name' | 'emits'>,
  newId: () => string,
  create: (event: Created, parent: string | undefined) => Timed,
): Stamp {
  const contracts = new Map<string, EventContract>(service.emits.map((contract) => [contract.type, contract]))
  return (event, { cause, sequence, now }) => {
    const contract = contracts.get(event.type)
    if (!contract) throw new MessageError('EVENT_UNDECLARED', `${service.name} does not declare ${event.type}`)
    if (!cause.correlationId) throw new MessageError('CORRELATION_MISSING', `${event.type} has no correlation`)
    const id = newId()
    const { correlationId, causationId } = cause
    const { type, topic } = contract
    const { orderId } = event.data as OrderFact
    const span = create({ id, type, topic, orderId }, cause.traceparent)
    const stamped = { id, time: now.toISOString(), correlationId, causationId, sequence, traceparent: span.traceparent }
    return { ...encode(contract, event.data, stamped), id, topic, sequence, span }
  }
}
