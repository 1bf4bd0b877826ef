import type { OutgoingRecord } from './kafka.ts'

/** A row of the outbox that may be sent now. */
export interface OutboxRow {
  /** bigint, as text: rows of one key are numbered in the order they were committed. */
  readonly id: string
  readonly topic: string
  /** Orders rows among themselves; null on dead letters, which wait for nobody. */
  readonly key: string | null
  readonly record: OutgoingRecord
  readonly traceparent?: string
}

/** What one send may weigh: Kafka refuses a batch over 1 MB. */
export const MOST_BYTES = 900_000

export interface ReadLimits {
  /** The most rows; with 0 nothing is read. */
  readonly limit: number
  /** What the rows may weigh together; the first comes whatever it weighs. */
  readonly maxBytes: number
  /** Rows on their way to Kafka, or there already and not marked yet: they are not given again. */
  readonly inFlight?: readonly string[]
}

export interface Backlog {
  /** Rows that could be sent now. Parked rows and what waits behind them are not counted: one refused record must not refuse orders. */
  readonly unsent: number
  readonly oldestAgeMs: number
  readonly parked: number
}

export interface Listener {
  /** False once its connection is lost. */
  readonly alive: boolean
  close(): Promise<void>
}

/** The outbox as the relay needs it. */
export interface OutboxStore {
  /** Takes or renews the lease, on the database's clock. Null while somebody else holds it. */
  acquire(owner: string, ttlMs: number): Promise<{ readonly term: string } | null>
  release(owner: string): Promise<void>
  /**
   * Marks what Kafka acknowledged and reads what comes next: always from the lowest unmarked id, never `id > last`, since ids become
   * visible out of order. Leaves out parked rows and the rows of their keys.
   */
  markAndRead(acknowledged: readonly string[], limits: ReadLimits): Promise<readonly OutboxRow[]>
  /** Sets a row aside that Kafka refuses for what it is; later rows of its key wait. */
  park(row: OutboxRow, reason: string): Promise<void>
  /** Tells every listener that something was appended. */
  notify(): Promise<void>
  listen(onWake: () => void): Promise<Listener>
  backlog(): Promise<Backlog>
}
