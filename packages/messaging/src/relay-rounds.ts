import { MOST_BYTES, type OutboxRow } from './outbox.ts'
import type { RelayOptions } from './relay.ts'
import { createShipper } from './shipper.ts'

/** What the relay does again and again while it holds the lease. */
export interface Rounds {
  /**
   * Marks the last round and reads the next in one trip, then sends it: no transaction is open meanwhile. While a full round is on its
   * way, there is more: the one before is marked and the next is read beside it, so that a backlog costs the time of the slowest of the
   * three and not their sum. False if there was nothing to send.
   */
  next(): Promise<boolean>
  /** Marks what is acknowledged and lets go of the producer. */
  end(): Promise<void>
}

export function createRounds(options: RelayOptions, mayGoOn: () => boolean): Rounds {
  const { store, log, instruments, now = () => performance.now(), batch = 500, maxBytes = MOST_BYTES } = options
  let acknowledged: string[] = []
  let ahead: readonly OutboxRow[] = []
  const shipper = createShipper({
    connectProducer: options.connectProducer,
    onAcknowledged: (rows) => acknowledged.push(...rows.map(({ id }) => id)),
    park,
    onSent: (rows, elapsedMs, errorCode) => instruments?.sent(rows, elapsedMs / 1000, errorCode),
    onDiscarded: () => instruments?.producerRebuilt(),
    now,
  })

  async function park(row: OutboxRow, reason: string) {
    await store.park(row, reason)
    log.error({ outboxId: row.id, topic: row.topic, key: row.key, reason }, 'Kafka refuses a record; its key is parked')
  }

  /** Until it is known to be done, a mark is to be made. */
  async function markAndRead(limit: number) {
    const marked = acknowledged
    acknowledged = []
    try {
      return await store.markAndRead(marked, { limit, maxBytes })
    } catch (error) {
      acknowledged = [...marked, ...acknowledged]
      throw error
    }
  }

  async function following(): Promise<readonly OutboxRow[]> {
    const rows = ahead
    ahead = []
    if (!mayGoOn()) return acknowledged.length > 0 ? await markAndRead(0) : []
    return rows.length > 0 ? rows : await markAndRead(batch)
  }

  /** What was read ahead follows rows that Kafka has: unless all of them were acknowledged, it is forgotten, and read anew. */
  async function sendAndReadOn(rows: readonly OutboxRow[]) {
    const full = rows.length === batch
    const inFlight = [...acknowledged, ...rows.map(({ id }) => id)]
    const reading = full ? store.markAndRead([], { limit: batch, maxBytes, inFlight }) : []
    const marking = full && acknowledged.length > 0 ? markAndRead(0) : []
    const shipping = shipper.ship(rows)
    await Promise.allSettled([shipping, reading, marking]) // nothing is under way when the next round begins
    const whole = await shipping
    await marking
    const next = await reading
    if (whole) ahead = next
  }

  return {
    async next() {
      const rows = await following()
      if (rows.length === 0 || !mayGoOn()) return false
      await sendAndReadOn(rows)
      return true
    },
    async end() {
      if (acknowledged.length > 0) await markAndRead(0)
      await shipper.close()
    },
  }
}
