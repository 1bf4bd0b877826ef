import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import type { OutboxRow, OutboxStore } from '../src/outbox.ts'
import type { OutboxEvent, OutboxLetter } from '../src/store.ts'
import { appended, letter } from './outbox-rows.ts'

/** An outbox under test, and what a test needs beside the port. */
export interface OutboxUnderTest {
  readonly store: OutboxStore
  append(events: readonly OutboxEvent[], letters?: readonly OutboxLetter[]): Promise<string[]>
  /** A transaction that has taken its ids and is not committed. */
  open(events: readonly OutboxEvent[]): Promise<{ ids: string[]; commit(): Promise<void> }>
  published(): Promise<string[]>
  /** Lets the lease grow this much older. */
  elapse(ms: number): Promise<void>
  close(): Promise<void>
}

const all = { limit: 100, maxBytes: 900_000 }
const ids = (rows: readonly OutboxRow[]) => rows.map(({ id }) => id)

/** What the relay relies on, whatever the outbox is made of. */
export function outboxContract(name: string, make: () => Promise<OutboxUnderTest>): void {
  let outbox: OutboxUnderTest
  let store: OutboxStore
  beforeEach(async () => {
    outbox = await make()
    store = outbox.store
  })
  afterEach(() => outbox.close())

  describe(`${name}, when rows are read`, () => {
    it('gives them in the order of their ids, as records', async () => {
      const [first, second] = [appended('a', 1), appended('b', 1)]
      await outbox.append([first, second])
      const rows = await store.markAndRead([], all)
      const { topic, key, value, headers } = first
      expect(rows[0]).toMatchObject({ topic, key, traceparent: headers.traceparent })
      expect(rows[0]!.record).toEqual({ topic, key, value, headers, partition: partitionFor(key, PARTITIONS) })
      expect(rows.map((row) => row.key)).toEqual([first.key, second.key])
    })

    it('reads on where the marks are, in the same call', async () => {
      const [a, b, c] = await outbox.append([appended('a', 1), appended('a', 2), appended('b', 1)])
      const next = await store.markAndRead([a!, b!], all)
      expect(ids(next)).toEqual([c])
      expect(await outbox.published()).toEqual([a, b])
    })

    it('gives nothing that is on its way, and does not mark it', async () => {
      const [a, b, c] = await outbox.append([appended('a', 1), appended('a', 2), appended('b', 1)])
      expect(ids(await store.markAndRead([a!], { ...all, inFlight: [b!] }))).toEqual([c])
      expect(await outbox.published()).toEqual([a])
      expect(ids(await store.markAndRead([], all))).toEqual([b, c])
    })

    it('begins at the lowest unmarked id again, because ids become visible out of order', async () => {
      const late = await outbox.open([appended('a', 1)])
      const [b, c] = await outbox.append([appended('b', 1), appended('c', 1)])
      expect(ids(await store.markAndRead([], all))).toEqual([b, c])
      await late.commit()
      await outbox.append([appended('a', 2)])
      const next = await store.markAndRead([b!, c!], all)
      expect(next.map(({ record }) => record.headers.ce_sequence)).toEqual(['1', '2'])
      expect(next[0]!.id).toBe(late.ids[0])
    })

    it('takes no more than the limit, and nothing with limit 0', async () => {
      const [a, b] = await outbox.append([appended('a', 1), appended('b', 1), appended('c', 1)])
      expect(ids(await store.markAndRead([], { ...all, limit: 2 }))).toEqual([a, b])
      expect(await store.markAndRead([a!], { ...all, limit: 0 })).toEqual([])
      expect(await outbox.published()).toEqual([a])
    })

    it('takes no more bytes than allowed, but always the first row', async () => {
      const heavy = (key: string) => appended(key, 1, { value: 'x'.repeat(1_000) })
      const [a, b] = await outbox.append([heavy('a'), heavy('b'), heavy('c')])
      expect(ids(await store.markAndRead([], { ...all, maxBytes: 3_000 }))).toEqual([a, b])
      expect(ids(await store.markAndRead([], { ...all, maxBytes: 10 }))).toEqual([a])
    })

    it('gives a dead letter byte for byte', async () => {
      const poison = {
        key: Buffer.from([0, 255]),
        value: null,
        headers: { ce_id: Buffer.from([0, 254]), twice: [Buffer.from('1'), Buffer.from('2')] },
      }
      await outbox.append([], [letter(poison), letter({ ...poison, key: null })])
      const [keyed, keyless] = await store.markAndRead([], all)
      expect(keyed).toMatchObject({ key: null, record: { ...poison, partition: partitionFor(poison.key, PARTITIONS) } })
      expect(keyless!.record.partition).toBeLessThan(PARTITIONS)
    })
  })

  describe(`${name}, when a row is parked`, () => {
    it('leaves out the row and its key; other keys and topics go on', async () => {
      const other = appended('a', 1, { topic: 'payments.v1' })
      const [, , b, c] = await outbox.append([appended('a', 1), appended('a', 2), appended('b', 1), other])
      const [refused] = await store.markAndRead([], all)
      await store.park(refused!, 'too large')
      await store.park(refused!, 'too large, said again')
      expect(ids(await store.markAndRead([], all))).toEqual([b, c])
      expect(await store.backlog()).toMatchObject({ unsent: 2, parked: 1 })
    })

    it('lets no other letter wait behind a letter', async () => {
      const [, second] = await outbox.append([], [letter({ key: null }), letter({ key: null })])
      const [refused] = await store.markAndRead([], all)
      await store.park(refused!, 'too large')
      expect(ids(await store.markAndRead([], all))).toEqual([second])
    })
  })

  describe(`${name}, when relays want the lease`, () => {
    it('gives it to one, who may renew it', async () => {
      const taken = await store.acquire('one', 1_000)
      expect(await store.acquire('two', 1_000)).toBeNull()
      await outbox.elapse(800)
      expect(await store.acquire('one', 1_000)).toEqual(taken)
      await outbox.elapse(800)
      expect(await store.acquire('two', 1_000)).toBeNull()
    })

    it('gives it to another, in a new term, once it is over', async () => {
      const taken = await store.acquire('one', 1_000)
      await outbox.elapse(1_001)
      const next = await store.acquire('two', 1_000)
      expect(Number(next!.term)).toBe(Number(taken!.term) + 1)
      expect(await store.acquire('one', 1_000)).toBeNull()
    })

    it('gives it to one of many who ask at the same time', async () => {
      const asked = await Promise.all(['one', 'two', 'three', 'four'].map((owner) => store.acquire(owner, 1_000)))
      expect(asked.filter(Boolean)).toHaveLength(1)
    })

    it('is free at once when its holder gives it back, and only its holder can', async () => {
      await store.acquire('one', 1_000)
      await store.release('two')
      expect(await store.acquire('two', 1_000)).toBeNull()
      await store.release('one')
      expect(await store.acquire('two', 1_000)).not.toBeNull()
    })
  })

  describe(`${name}, when there is news`, () => {
    it('tells every listener, until it stops listening', async () => {
      const heard = { first: 0, second: 0 }
      const first = await store.listen(() => void heard.first++)
      const second = await store.listen(() => void heard.second++)
      await store.notify()
      await waitFor(() => heard.first === 1 && heard.second === 1, { what: 'the news', diagnose: () => heard })
      await first.close()
      await store.notify()
      await waitFor(() => heard.second === 2, { what: 'the second news', diagnose: () => heard })
      expect(heard.first).toBe(1)
      await second.close()
    })

    it('counts what waits and how long the oldest has', async () => {
      expect(await store.backlog()).toEqual({ unsent: 0, oldestAgeMs: 0, parked: 0 })
      const [a] = await outbox.append([appended('a', 1), appended('b', 1)])
      await store.markAndRead([a!], { ...all, limit: 0 })
      const { unsent, oldestAgeMs } = await store.backlog()
      expect(unsent).toBe(1)
      expect(oldestAgeMs).toBeLessThan(10_000)
    })
  })
}
