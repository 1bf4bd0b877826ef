import { type EventContract, encode } from '@quadrille/contracts'
import type { Definition } from './definition.ts'
import { MessageError } from './errors.ts'
import type { Stamp } from './fold.ts'

/** Gives an event its envelope: made once, with the outbox row. Correlation, causation, sequence and trace context cannot be forgotten. */
export function createStamp(
  service: Pick<Definition, 'name' | 'emits'>,
  newId: () => string,
  childOf: (traceparent?: string) => string,
): Stamp {
  const contracts = new Map<string, EventContract>(service.emits.map((contract) => [contract.type, contract]))
  return (event, { cause, sequence, now }) => {
    const contract = contracts.get(event.type)
    if (!contract) throw new MessageError('EVENT_UNDECLARED', `${service.name} does not declare ${event.type}`)
    if (!cause.correlationId) throw new MessageError('CORRELATION_MISSING', `${event.type} has no correlation`)
    const id = newId()
    const { correlationId, causationId } = cause
    const traceparent = childOf(cause.traceparent)
    return {
      ...encode(contract, event.data, { id, time: now.toISOString(), correlationId, causationId, sequence, traceparent }),
      id,
      topic: contract.topic,
      sequence,
    }
  }
}
