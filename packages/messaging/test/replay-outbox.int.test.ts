import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type TestDatabase, testDatabase, withClient } from '@quadrille/testing'
import { Pool } from 'pg'
import type { OutgoingRecord } from '../src/kafka.ts'
import { publishedSince } from '../src/postgres/outbox-history.ts'
import type { Task } from '../src/postgres/tasks.ts'
import { outboxReplay } from '../src/replay-outbox.ts'
import type { TaskStep } from '../src/tasks.ts'
import { runtimeTables } from './runtime-tables.ts'

let database: TestDatabase
let pool: Pool

async function migrate(url: string) {
  const tables = await runtimeTables()
  await withClient(url, (client) => client.query(tables))
}
beforeAll(async () => {
  database = await testDatabase(migrate, 'replay_outbox')
  pool = new Pool({ connectionString: database.url, max: 4 })
})
beforeEach(() => pool.query('truncate outbox restart identity cascade'))
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** Created and published so many days ago; null where it never was. */
const append = (key: string | null, created: number, published: number | null, payload = '{}') =>
  pool.query(
    `insert into outbox (event_id, topic, key, sequence, payload, headers, created_at, published_at)
     values ($1, 'orders.v1', $2, 1, $5, '{}', now() - $3 * interval '1 day', now() - $4 * interval '1 day')`,
    [randomUUID(), key, created, published, payload],
  )
const longAgo = (count: number) =>
  pool.query(
    `insert into outbox (event_id, topic, key, sequence, payload, headers, created_at, published_at)
     select gen_random_uuid(), 'orders.v1', gen_random_uuid(), 1, '{}', '{}', now() - interval '20 days', now() - interval '20 days'
     from generate_series(1, $1::int)`,
    [count],
  )
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString()

/** All steps of a replay, and what went to Kafka. */
async function replayed(from: unknown) {
  const sent: OutgoingRecord[] = []
  const producer = { send: async (records: readonly OutgoingRecord[]) => void sent.push(...records), disconnect: async () => undefined }
  const kafka = { connectProducer: async () => producer, createTopics: async () => undefined }
  const { plan, step } = outboxReplay({ service: { name: 'orders' }, pool, kafka })
  const planned = await plan({ kind: 'replay', source: 'outbox', from })
  const steps: TaskStep[] = []
  for (let position: unknown = null; steps.length < 100; ) {
    const taken = await step({ plan: planned.plan, position, ratePerSecond: 1_000 } as Task)
    if (taken === null) break
    position = taken.position
    steps.push(taken)
  }
  return { planned, steps: steps.map(({ done }) => done), sent: sent.map(({ key }) => key) }
}

describe('a replay from an outbox, by date', () => {
  it('goes by when events were published: after an outage, or long set aside, they are among them', async () => {
    await append('published before', 20, 20)
    await append('set aside and released', 20, 0.1)
    await append('published before, too', 19, 19)
    await append('kept back by an outage', 3, 0.5)
    await append(null, 0.2, 0.2)
    await append('new', 0.2, 0.2)
    await append('not yet sent', 0.1, null)
    const { planned, sent } = await replayed({ date: yesterday() })
    expect(sent).toEqual(['set aside and released', 'kept back by an outage', 'new'])
    expect(planned).toMatchObject({ would: 3, orders: null })
    expect((await replayed('beginning')).sent).toHaveLength(5)
  })

  it('looks at 20,000 ids at a time, and no longer at a gap, however wide', async () => {
    await longAgo(45_000)
    await pool.query('alter table outbox alter id restart with 3000000000')
    await append('new', 0.2, 0.2)
    const { planned, steps, sent } = await replayed({ date: yesterday() })
    expect({ steps, sent }).toEqual({ steps: [0, 0, 0, 1], sent: ['new'] })
    expect(planned.would).toBe(1)
  })

  it('counts the newest rows one by one, and among the older ones some pages, and says so', async () => {
    await longAgo(45_000)
    await append('new', 0.2, 0.2)
    const some = { newest: 10_000, pages: 300 }
    expect(await publishedSince(pool, 'orders.v1', '-infinity')).toEqual({ events: 45_001, estimated: false, until: '45001' })
    const { events, estimated } = await publishedSince(pool, 'orders.v1', '-infinity', some)
    expect(estimated).toBe(true)
    expect(Math.abs(events - 45_001)).toBeLessThan(9_000)
    expect(await publishedSince(pool, 'orders.v1', yesterday(), some)).toMatchObject({ events: 1, estimated: true })
    const none = '2100-01-01T00:00:00Z'
    expect(await publishedSince(pool, 'orders.v1', none)).toMatchObject({ events: 0, estimated: false })
    expect(await publishedSince(pool, 'orders.v1', none, some)).toMatchObject({ events: 1, estimated: true })
  })
})

it('a replay from an outbox sends no more at once than Kafka takes, and goes on behind that', async () => {
  const large = JSON.stringify('x'.repeat(400_000))
  for (const key of ['a', 'b', 'c']) await append(key, 1, 1, large)
  expect(await replayed('beginning')).toMatchObject({ steps: [2, 1], sent: ['a', 'b', 'c'] })
})
