import type { Encoded } from '@quadrille/contracts'
import type { Effect } from './definition.ts'
import type { Cause, EventInput, InvalidInput, Letter, Message } from './input.ts'
import type { Timed } from './spans.ts'

/** The runtime's own row per order: the lock, the sequence of emitted events, and whether the order is parked here. */
export interface Stream {
  readonly sequence: number
  readonly parked: boolean
}

/** An event on its way to Kafka. Key and sequence are null on dead letters, whose bytes are kept raw. */
export interface OutboxEvent extends Encoded {
  readonly id: string
  readonly topic: string
  readonly sequence: number
  /** Of its creation; ends with the commit. */
  readonly span?: Timed
}

export interface OutboxLetter {
  readonly id: string
  readonly topic: string
  readonly message: Pick<Message, 'key' | 'value' | 'headers'>
}

export interface EnqueuedEffect extends Effect {
  readonly cause: Cause
}

export interface ParkedRow {
  readonly orderId: string | null
  readonly eventId: string
  readonly origin: 'event' | 'effect'
  readonly effectKey: string | null
  readonly code: string
  readonly error: string
  readonly attempts: number
  readonly message: Message
}

export interface EndedEffect {
  readonly key: string
  readonly attempt: number
  readonly status: 'done' | 'void' | 'refused'
  readonly error?: string
}

/** Everything a set changes, written in one go and committed. */
export interface Changes<State = unknown, Shared = unknown> {
  readonly states: readonly State[]
  readonly shared: readonly Shared[]
  readonly events: readonly OutboxEvent[]
  readonly sequences: ReadonlyMap<string, number>
  readonly effects: readonly EnqueuedEffect[]
  readonly ended: readonly EndedEffect[]
  /** Refused effects that an operator wants tried again. */
  readonly due: readonly string[]
  readonly parked: readonly ParkedRow[]
  readonly failedAgain: readonly { readonly id: string; readonly code: string; readonly error: string }[]
  readonly closed: readonly { readonly id: string; readonly outcome: 'redriven' | 'discarded'; readonly reason?: string }[]
  readonly letters: readonly OutboxLetter[]
  /** Orders that become parked (with the reason) or free (null). */
  readonly streams: ReadonlyMap<string, string | null>
}

/** One transaction over a set. Lock order everywhere: claims by id, orders by id, shared by key, effects by key. */
export interface SetTransaction<State = unknown, Shared = unknown> {
  /** Takes event ids for this consumer; those not returned were taken before: duplicates. */
  claim(inputs: readonly (EventInput | InvalidInput)[]): Promise<ReadonlySet<string>>
  /** Locks the orders, also those never seen, and tells the transaction's time. */
  lock(orderIds: readonly string[]): Promise<{ readonly now: Date; readonly streams: ReadonlyMap<string, Stream> }>
  load(orderIds: readonly string[]): Promise<ReadonlyMap<string, State>>
  loadShared(keys: readonly string[]): Promise<ReadonlyMap<string, Shared>>
  /** Which of these attempts, as `attemptOf` names them, still hold their effect; whoever lost the lease must not record an outcome. */
  fence(attempts: readonly { key: string; attempt: number }[]): Promise<ReadonlySet<string>>
  /** Open parked rows of these orders, or by their own id, in the order they arrived. */
  openLetters(orderIds: readonly string[], letterIds: readonly string[]): Promise<readonly Letter[]>
  /** Writes everything and commits. */
  commit(changes: Changes<State, Shared>): Promise<void>
}

export interface SetStore<State = unknown, Shared = unknown> {
  /** Runs `work` in one READ COMMITTED transaction; rolls back when it throws or does not commit. */
  transact<T>(work: (transaction: SetTransaction<State, Shared>) => Promise<T>): Promise<T>
}
