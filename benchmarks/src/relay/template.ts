import { migrate } from '@quadrille/service-kit'
import { databaseUrl, withClient } from '@quadrille/testing'
import type { Client } from 'pg'
import { batchesOf, type Many, makeRows, type Row } from '../records.ts'
import type { World } from '../world.ts'
import type { Counted } from './outbox-ledger.ts'

/** A database whose outbox is full, vacuumed and never touched: every slot works on a copy of its files. */
export async function makeFullOutbox(world: World, name: string, many: Many): Promise<void> {
  const url = await world.database(name)
  await migrate(url)
  await withClient(url, async (client) => {
    for (const rows of batchesOf(makeRows(many), 5_000)) await insertRows(client, rows)
  })
  await withClient(databaseUrl(world.postgresUrl, name), (admin) => admin.query('vacuum (analyze, freeze)'))
}

/** As the runtime appends them. */
export const insertRows = (client: Client, rows: readonly Row[]) =>
  client.query(
    `insert into outbox (event_id, topic, key, sequence, payload, headers)
     select event_id, topic, key, sequence, payload, headers
     from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::jsonb[]) with ordinality
          as e (event_id, topic, key, sequence, payload, headers, place) order by place`,
    [
      rows.map(({ id }) => id),
      rows.map(({ topic }) => topic),
      rows.map(({ key }) => key),
      rows.map(({ sequence }) => sequence),
      rows.map(({ value }) => value),
      rows.map(({ headers }) => JSON.stringify(headers)),
    ],
  )

const COPY = 'outbox_now'

/** The same full outbox again, in the same state of its files, with nothing left to write back. */
export async function copyFullOutbox({ postgresUrl }: World, name: string): Promise<string> {
  await withClient(postgresUrl, async (admin) => {
    await admin.query(`drop database if exists ${COPY} with (force)`)
    await admin.query(`create database ${COPY} template ${name} strategy file_copy`)
    await admin.query('checkpoint')
  })
  return databaseUrl(postgresUrl, COPY)
}

/** What the outbox says became of its rows. */
export const countOutbox = (url: string) =>
  withClient(url, async (client) => {
    const counted =
      'select count(*)::int as rows, count(published_at)::int as marked, (select count(*)::int from outbox_parked) as parked from outbox'
    return (await client.query<Counted>(counted)).rows[0]!
  })
