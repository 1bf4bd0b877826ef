import { describeError } from './errors.ts'
import { type Producer, SendError } from './kafka.ts'
import type { OutboxRow } from './outbox.ts'

export interface ShipperOptions {
  readonly connectProducer: () => Promise<Producer>
  /** Kafka has these rows, durably. */
  readonly onAcknowledged: (rows: readonly OutboxRow[]) => void
  /** Kafka will never take this row; its key stops here. */
  readonly park: (row: OutboxRow, reason: string) => Promise<void>
  /** Every send, with how long it took and, if it failed, why. */
  readonly onSent: (rows: readonly OutboxRow[], elapsedMs: number, errorCode?: string) => void
  readonly onDiscarded: () => void
  readonly now: () => number
}

export interface Shipper {
  /**
   * Sends rows in order, one request in flight; false if one of them was parked. Throws what is not a record's own fault; what was
   * acknowledged until then stays so.
   */
  ship(rows: readonly OutboxRow[]): Promise<boolean>
  close(): Promise<void>
}

/** Sends rows to Kafka, acknowledged by all replicas, with a producer that never outlives a failed send. */
export function createShipper({ connectProducer, onAcknowledged, park, onSent, onDiscarded, now }: ShipperOptions): Shipper {
  let producer: Producer | undefined

  async function send(rows: readonly OutboxRow[]) {
    producer ??= await connectProducer()
    const started = now()
    try {
      await producer.send(rows.map(({ record }) => record))
    } catch (error) {
      discard()
      onSent(rows, now() - started, kindOf(error))
      throw error
    }
    onAcknowledged(rows)
    onSent(rows, now() - started)
  }

  /** After a lost acknowledgement an idempotent kafkajs producer lost the *next* record it acknowledged. No producer is trusted after a failure. */
  function discard() {
    producer?.disconnect().catch(() => undefined) // it may hang, and it has failed already
    producer = undefined
    onDiscarded()
  }

  /** Gives the refusal, if the rows were refused for what they are. */
  async function attempt(rows: readonly OutboxRow[]): Promise<unknown> {
    try {
      await send(rows)
    } catch (error) {
      if (kindOf(error) === 'record') return error
      throw error
    }
  }

  /** One refused record fails its whole request, so the guilty one is found one by one. */
  async function oneByOne(rows: readonly OutboxRow[]) {
    const stopped = new Set<string>()
    for (const row of rows) {
      if (stopped.has(lineOf(row))) continue
      const refusal = await attempt([row])
      if (refusal === undefined) continue
      await park(row, describeError(refusal))
      stopped.add(lineOf(row))
    }
    return stopped.size === 0
  }

  return {
    async ship(rows) {
      return rows.length > 1 && (await attempt(rows)) === undefined ? true : await oneByOne(rows)
    },
    async close() {
      await producer?.disconnect()
      producer = undefined
    },
  }
}

/** Rows of one line are sent in order; a row without a key is a line of its own. */
const lineOf = ({ id, topic, key }: OutboxRow) => (key === null ? id : `${topic}/${key}`)

export const kindOf = (error: unknown): SendError['kind'] => (error instanceof SendError ? error.kind : 'environment')
