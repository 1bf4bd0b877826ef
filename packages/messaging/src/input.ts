import type { KafkaRecord } from '@quadrille/contracts'
import type { OrderFact } from './definition.ts'
import type { Processing } from './instruments.ts'

/** A record as Kafka delivered it, with where it came from. */
export interface Message extends KafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly timestamp: string
}

/** What every event that follows from an input carries on. */
export interface Cause {
  readonly correlationId?: string
  readonly causationId?: string
  readonly traceparent?: string
}

/** A claimed effect: `attempt` is also the fencing token, since every claim raises it. */
export interface StartedEffect {
  readonly key: string
  readonly kind: string
  readonly orderId: string
  readonly payload: OrderFact
  readonly attempt: number
  /** Another attempt has begun to perform before, here or elsewhere: the provider may have heard it. */
  readonly again: boolean
  readonly cause: Cause
}

/** What a fence compares: one attempt at one effect. */
export const attemptOf = ({ key, attempt }: { readonly key: string; readonly attempt: number }) => `${key}#${attempt}`

interface Input {
  readonly orderId: string
  /** Set when the database refused to store this order's decisions: the input is taken as failed with it. */
  readonly rejected?: Error
}

export interface EventInput extends Input {
  readonly kind: 'event'
  readonly id: string
  readonly emitter: string
  readonly type: string
  readonly fact: OrderFact
  readonly cause: Cause
  readonly message: Message
  readonly span?: Processing
  /** The parked row this event is redriven from; absent on first delivery. */
  readonly letter?: Letter
}

/** A record that cannot become an event. Its order is known only where the key is an order id. */
export interface InvalidInput {
  readonly kind: 'invalid'
  readonly id: string
  readonly orderId: string | null
  readonly code: string
  readonly error: string
  /** As far as it can be read. */
  readonly cause?: Cause
  readonly message: Message
  readonly span?: Processing
  readonly letter?: Letter
}

export interface CommandInput extends Input {
  readonly kind: 'command'
  readonly name: string
  readonly command: OrderFact
  readonly cause: Cause
}

export interface OutcomeInput extends Input {
  readonly kind: 'outcome'
  readonly effect: StartedEffect
  readonly answer: unknown
}

/** The provider refused, and that is no business answer. */
export interface RefusalInput extends Input {
  readonly kind: 'refusal'
  readonly effect: StartedEffect
  readonly error: Error
}

/** Fold the order's open parked events again, in order, after a fix; with `discard`, close that one unhandled first. */
export interface RedriveInput {
  readonly kind: 'redrive'
  readonly orderId: string | null
  readonly discard?: { readonly letterId: string; readonly reason: string }
  readonly letterId?: string
}

export type AnyInput = EventInput | InvalidInput | CommandInput | OutcomeInput | RefusalInput | RedriveInput

/** An event or effect given up on, or waiting behind one: a row of `parked_events`, bytes as they came. */
export interface Letter {
  readonly id: string
  readonly orderId: string | null
  readonly origin: 'event' | 'effect'
  readonly eventId: string
  readonly code: string
  readonly attempts: number
  readonly effectKey: string | null
  readonly message: Message
}

/** Parked because an earlier event of the same order is, not because of itself. */
export const WAITING = 'WAITING'
