import { contractsByType, HEADERS, headerOf, mask } from '@quadrille/contracts'
import type { EventInput } from '@quadrille/messaging'
import type { Fact } from './standing.ts'

/** An event as it is kept. */
export interface Kept extends Fact {
  readonly id: string
  readonly emitter: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly causationId: string | null
  readonly traceparent: string | null
  readonly payload: string
  readonly headers: string
}

/** Nothing personal is kept: whoever sees the page may be anybody who reached it. */
export function keptOf({ id, orderId, type, emitter, fact, cause, message }: EventInput): Kept {
  const { topic, partition, offset, headers } = message
  const names = Object.keys(headers).slice(0, MOST_HEADERS)
  return {
    ...{ id, orderId, type, emitter, topic, partition, offset },
    at: Date.parse(headerOf(message, HEADERS.time)!),
    data: fact,
    causationId: cause.causationId ?? null,
    traceparent: cause.traceparent ?? null,
    payload: JSON.stringify(mask(contractsByType.get(type)!, fact)),
    headers: JSON.stringify(Object.fromEntries(names.map((name) => [name, headerOf(message, name)?.slice(0, LONGEST_HEADER)]))),
  }
}

// Ours are 12 of at most 100 characters; a stranger's may be anything.
const MOST_HEADERS = 40
const LONGEST_HEADER = 500
