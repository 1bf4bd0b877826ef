import { catalogue, decode, type EventContract, HEADERS, headerOf } from '@quadrille/contracts'
import { ignore, type OrderFact } from './definition.ts'
import type { Cause, EventInput, InvalidInput, Message } from './input.ts'

/** The part of a service's definition that says what it reads. */
export interface Reader {
  readonly consumes: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>
  readonly journal?: boolean
}

/** The events a service decodes, by type. */
export type Reads = ReadonlyMap<string, EventContract>

/**
 * What a service handles, and where it keeps a journal also what it ignores. An ignored event is not even decoded
 * otherwise: a contract broken where nobody looks must park no order.
 */
export function readsOf({ consumes, journal = false }: Reader): Reads {
  const contracts: Readonly<Record<string, Readonly<Record<string, EventContract>>>> = catalogue
  const named = Object.entries(consumes).flatMap(([emitter, types]) =>
    Object.entries(types ?? {}).map(([type, how]) => ({ emitter, type, how })),
  )
  const read = named.filter(({ how }) => journal || how !== ignore)
  return new Map(read.map(({ emitter, type }) => [type, contracts[emitter]![type]!]))
}

/** Reads a record: an event, a record that is its sender's fault, or null for a type that is not read. Never throws. */
export function toInput(reads: Reads, message: Message): EventInput | InvalidInput | null {
  const decoded = decode(reads, message)
  switch (decoded.kind) {
    case 'unknown':
      return null
    case 'invalid': {
      const { code, message: error, orderId } = decoded
      return { kind: 'invalid', id: decoded.id ?? positionOf(message), orderId, code, error, cause: causeIn(message), message }
    }
    case 'event': {
      const { id, orderId, type, correlationId, causationId, traceparent } = decoded.envelope
      const cause = { correlationId, causationId, traceparent: traceparent || undefined }
      return { kind: 'event', id, orderId, emitter: decoded.contract.emitter, type, fact: decoded.data as OrderFact, cause, message }
    }
  }
}

/** For whoever must find out where a broken record came from: only what looks like what it should be, since all else may be personal. */
function causeIn(message: Message): Cause {
  const correlationId = headerOf(message, HEADERS.correlationId) ?? ''
  const traceparent = headerOf(message, HEADERS.traceparent) ?? ''
  return { traceparent, ...(/^[\w-]{1,64}$/.test(correlationId) && { correlationId }) }
}

/** What a record without an id is claimed as. */
const positionOf = ({ topic, partition, offset }: Message) => `${topic}/${partition}/${offset}`
