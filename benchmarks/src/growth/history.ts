import { databaseUrl, withClient } from '@quadrille/testing'
import { Client } from 'pg'
import { tallyTable } from '../consume/tally.ts'
import { pasts, restoreTables } from '../database-state.ts'
import { makeRows } from '../records.ts'
import type { World } from '../world.ts'

/** So many events that wait to be sent, each the first one of its order, put there by a single statement: they are all there at once. */
export const appendWaiting = (url: string, count: number, topic = 'orders.v1') =>
  withClient(url, async (client) => {
    const [sample] = [...makeRows({ count: 1, sampled: false })]
    await client.query(
      `insert into outbox (event_id, topic, key, sequence, payload, headers)
       select id, $1, id::text, 1, $2, $3::jsonb || jsonb_build_object('ce_id', id::text)
       from (select uuidv7() as id from generate_series(1, $4::int)) as event`,
      [topic, sample!.value, JSON.stringify(sample!.headers), count],
    )
    return count
  })

/** A transaction that sees the tables as they were, for as long as it is open: no row that died since can be taken away. */
export async function pinOldest(url: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {}) // its server is stopped under it when the bench is
  await client.connect()
  await client.query('begin isolation level repeatable read')
  await client.query('select txid_current(), count(*) from outbox')
  return () => client.end()
}

/** Tables that hold a past of so many rows; what the slots add stays, as it would. */
export interface Past {
  readonly rows: number
  /** What an old transaction still sees can be neither emptied nor vacuumed. */
  readonly pinned: boolean
}

/** Fills a database that nobody uses yet, every table by a connection of its own, and has another one copied from its files. */
export async function makePasts({ postgresUrl }: Pick<World, 'postgresUrl'>, name: string, copy: string, { rows }: Past): Promise<string> {
  const url = databaseUrl(postgresUrl, name)
  await withClient(url, (client) => client.query(tallyTable))
  await Promise.all(Object.values(pasts).map((past) => withClient(url, (client) => client.query(past, [rows]))))
  await withClient(url, (client) => client.query('vacuum (analyze)'))
  await withClient(postgresUrl, async (admin) => {
    await admin.query(`create database ${copy} template ${name} strategy file_copy`)
    await admin.query('checkpoint')
  })
  return databaseUrl(postgresUrl, copy)
}

/** A short past would no longer be short after a slot: it is made anew. */
export const restorePast = async (url: string, { rows, pinned }: Past): Promise<void> => {
  if (rows <= SHORT && !pinned) return await restoreTables(url, rows)
  await withClient(url, async (client) => {
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
  })
}

export const SHORT = 1_000
