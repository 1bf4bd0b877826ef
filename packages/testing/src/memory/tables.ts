import type { EnqueuedEffect, EventInput, InvalidInput, Letter, OutboxEvent, OutboxLetter, ParkedRow, Stream } from '@quadrille/messaging'

/** A row of `processed_events`. */
export interface Processed {
  readonly id: string
  readonly input: EventInput | InvalidInput
}

export interface MemoryOutboxRow {
  readonly id: number
  readonly createdAt: number
  readonly event?: OutboxEvent
  readonly letter?: OutboxLetter
  publishedAt: number | null
}

export interface MemoryEffect extends EnqueuedEffect {
  readonly orderId: string
  runAt: number
  status: 'due' | 'done' | 'void' | 'refused'
  attempts: number
  /** Performing has begun once: the provider may have heard of it. */
  begun: boolean
  leasedUntil: number | null
  lastError: string | null
}

export interface MemoryParked extends ParkedRow {
  readonly id: string
  code: string
  error: string
  attempts: number
  outcome: 'redriven' | 'discarded' | null
}

/** What is committed. Whoever checks a history reads it here, and never asks the service. */
export interface Tables {
  readonly processed: Map<string, Processed>
  readonly streams: Map<string, Stream>
  readonly states: Map<string, unknown>
  readonly shared: Map<string, unknown>
  /** By id, in the order rows became visible. */
  readonly outbox: Map<number, MemoryOutboxRow>
  readonly outboxParked: Map<number, { readonly line: string | null; readonly reason: string }>
  /** unique (topic, key, sequence) */
  readonly sequences: Set<string>
  readonly effects: Map<string, MemoryEffect>
  readonly parked: Map<string, MemoryParked>
  readonly lease: { owner: string | null; term: number; until: number }
}

export const emptyTables = (): Tables => ({
  processed: new Map(),
  streams: new Map(),
  states: new Map(),
  shared: new Map(),
  outbox: new Map(),
  outboxParked: new Map(),
  sequences: new Set(),
  effects: new Map(),
  parked: new Map(),
  lease: { owner: null, term: 0, until: Number.NEGATIVE_INFINITY },
})

export const letterOf = ({ id, orderId, origin, eventId, code, attempts, effectKey, message }: MemoryParked): Letter => ({
  id,
  orderId,
  origin,
  eventId,
  code,
  attempts,
  effectKey,
  message,
})
