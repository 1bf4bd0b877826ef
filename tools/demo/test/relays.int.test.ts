import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createRelay, type OutgoingRecord, pause } from '@quadrille/messaging'
import { waitFor } from '@quadrille/testing'
import { appended } from '../../../packages/messaging/test/outbox-rows.ts'
import { createTestOutbox, type PostgresOutbox } from '../../../packages/messaging/test/postgres-outbox.ts'
import { createRelays, HOLDER } from '../src/relays.ts'

const silent = { info() {}, warn() {}, error() {} }

describe('a relay that the demo stops', () => {
  let outbox: PostgresOutbox
  let sent: OutgoingRecord[]
  let relay: ReturnType<typeof createRelay>

  beforeAll(async () => {
    outbox = await createTestOutbox()
  })
  beforeEach(async () => {
    await outbox.clear()
    sent = []
    const connectProducer = async () => ({
      send: async (records: readonly OutgoingRecord[]) => void sent.push(...records),
      disconnect: async () => {},
    })
    const onFatal = () => {}
    relay = createRelay({ store: outbox.store, connectProducer, owner: 'orders-1', log: silent, onFatal, pause, renewMs: 100 })
    relay.start()
    await waitFor(() => relay.holdsLease)
  })
  afterEach(() => relay.stop(500))
  afterAll(() => outbox.close())

  const stoppable = (leaseMs: number, renewMs: number) => {
    const databaseOf = (name: string) => (name === 'orders' ? outbox.pool.options.connectionString : undefined)
    return createRelays({ databaseOf, leaseMs, renewMs })('orders')!
  }
  const ask = async (question: string) => (await outbox.pool.query(question)).rows[0]
  const holder = async () => (await ask('select owner from outbox_lease')).owner
  const keys = () => sent.map(({ key }) => String(key))

  it('sends nothing for as long as it is held, and then everything in order', async () => {
    const orders = stoppable(600, 150)
    await orders.hold()
    await waitFor(() => !relay.holdsLease)
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) await outbox.append([appended(name, 1)])
    relay.wake()
    // Beyond the first lease, for which the relay asks all the time: it was renewed.
    const { until } = await ask('select lease_until as until from outbox_lease')
    await waitFor(async () => (await ask('select lease_until as until from outbox_lease')).until > Number(until) + 900)
    expect([keys(), await holder(), (await outbox.store.backlog()).unsent]).toEqual([[], HOLDER, 4])
    await orders.release()
    await waitFor(() => sent.length === 4, { diagnose: keys })
    expect(keys()).toEqual(names)
  })

  it('takes its lease again by itself when whoever held it is gone', async () => {
    await stoppable(1_000, 3_600_000).hold()
    await waitFor(() => !relay.holdsLease)
    await outbox.append([appended('a', 1)])
    await waitFor(() => sent.length === 1)
    expect(await holder()).toBe('orders-1')
  })

  it('is of a service alone', () => {
    expect(createRelays({ databaseOf: () => undefined })('kafka')).toBe(undefined)
  })
})
