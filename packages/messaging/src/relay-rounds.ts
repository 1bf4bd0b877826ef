import { MOST_BYTES, type OutboxRow, type OutboxStore } from './outbox.ts'
import type { RelayOptions } from './relay.ts'
import { createShipper } from './shipper.ts'
import { createWaker } from './waker.ts'

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

// Of a backlog that is drained as fast as it goes, callers of the same process had 26 % of their rate left.
const WAY = { timesAsLong: 4, mostMs: 250 }

export function createRounds(options: RelayOptions, mayGoOn: () => boolean): Rounds {
  const { store, log, instruments, givesWay, now = () => performance.now(), batch = 500, maxBytes = MOST_BYTES } = options
  const marks = createMarks(store, maxBytes)
  const { rest } = createWaker(options.pause)
  let ahead: readonly OutboxRow[] = []
  const shipper = createShipper({
    connectProducer: options.connectProducer,
    onAcknowledged: marks.add,
    park,
    onSent: (rows, elapsedMs, errorCode) => instruments?.sent(rows, elapsedMs / 1000, errorCode),
    onDiscarded: () => instruments?.producerRebuilt(),
    now,
  })

  async function park(row: OutboxRow, reason: string) {
    await store.park(row, reason)
    log.error({ outboxId: row.id, topic: row.topic, key: row.key, reason }, 'Kafka refuses a record; its key is parked')
  }

  async function following(): Promise<readonly OutboxRow[]> {
    const rows = ahead
    ahead = []
    if (!mayGoOn()) return await marks.save()
    return rows.length > 0 ? rows : await marks.saveAndRead(batch)
  }

  /** What was read ahead follows rows that Kafka has: unless all of them were acknowledged, it is forgotten, and read anew. */
  async function sendAndReadOn(rows: readonly OutboxRow[]) {
    const full = rows.length === batch
    const inFlight = [...marks.due, ...rows.map(({ id }) => id)]
    const reading = full ? store.markAndRead([], { limit: batch, maxBytes, inFlight }) : []
    const marking = full ? marks.save() : []
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
      const begun = now()
      await sendAndReadOn(rows)
      if (rows.length === batch && givesWay?.()) await rest(Math.min(WAY.timesAsLong * (now() - begun), WAY.mostMs))
      return true
    },
    async end() {
      await marks.save()
      await shipper.close()
    },
  }
}

/** What Kafka has acknowledged and is not marked yet. Until it is known to be done, a mark is to be made. */
function createMarks(store: OutboxStore, maxBytes: number) {
  let due: string[] = []

  async function saveAndRead(limit: number): Promise<readonly OutboxRow[]> {
    const saving = due
    due = []
    try {
      return await store.markAndRead(saving, { limit, maxBytes })
    } catch (error) {
      due = [...saving, ...due]
      throw error
    }
  }

  return {
    get due(): readonly string[] {
      return due
    },
    add: (rows: readonly OutboxRow[]) => void due.push(...rows.map(({ id }) => id)),
    saveAndRead,
    save: async () => (due.length > 0 ? await saveAndRead(0) : []),
  }
}
