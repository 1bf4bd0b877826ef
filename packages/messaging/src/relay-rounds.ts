import { MOST_BYTES, type OutboxRow } from './outbox.ts'
import type { RelayOptions } from './relay.ts'
import { createShipper } from './shipper.ts'

/** What the relay does again and again while it holds the lease. */
export interface Rounds {
  /** Marks the last round and reads the next in one trip, then sends it: no transaction is open meanwhile. False if there was nothing to send. */
  next(): Promise<boolean>
  /** Marks what is acknowledged and lets go of the producer. */
  end(): Promise<void>
}

export function createRounds(options: RelayOptions, mayGoOn: () => boolean): Rounds {
  const { store, log, instruments, now = () => performance.now(), batch = 500, maxBytes = MOST_BYTES } = options
  let acknowledged: string[] = []
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

  async function markAndRead(limit: number) {
    const rows = await store.markAndRead(acknowledged, { limit, maxBytes })
    acknowledged = []
    return rows
  }

  return {
    async next() {
      if (!mayGoOn() && acknowledged.length === 0) return false
      const rows = await markAndRead(mayGoOn() ? batch : 0)
      if (rows.length === 0 || !mayGoOn()) return false
      await shipper.ship(rows)
      return true
    },
    async end() {
      if (acknowledged.length > 0) await markAndRead(0)
      await shipper.close()
    },
  }
}
