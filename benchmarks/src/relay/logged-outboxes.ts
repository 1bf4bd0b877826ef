import { join } from 'node:path'
import { createServiceDatabase, databaseUrl, freePort, type PostgresServer, startPostgres, waitFor, withClient } from '@quadrille/testing'
import { DatabaseSetup } from 'pg-transactional-outbox'
import type { LedgerLine } from '../benchmark.ts'
import { readDurability } from '../durability.ts'
import type { World } from '../world.ts'
import { type Counted, type Drain, type Filled, ledgerOf } from './outbox-ledger.ts'
import { LOG, type LoggedOutbox } from './side.ts'
import { makeFullOutbox } from './template.ts'

interface Table {
  readonly name: string
  /** What is published of it. */
  readonly published: string
  readonly insert: string
  /** Of the rows that wait: a reader that takes in all that waits, before it has sent the first, would do nothing else in a slot. */
  readonly share: number
}

const tables: Readonly<Record<LoggedOutbox, Table>> = {
  logged: {
    name: 'public.outbox',
    published: 'public.outbox (id, topic, key, payload, headers)',
    insert: `insert into outbox (event_id, topic, key, sequence, payload, headers)
      select event_id, topic, key, sequence, payload, headers from waiting`,
    share: 1,
  },
  theirs: {
    name: 'theirs.outbox',
    published: 'theirs.outbox',
    insert: `insert into theirs.outbox (id, aggregate_type, aggregate_id, message_type, segment, payload, metadata)
      select event_id, 'order', key, 'OrderPlaced', key, payload::jsonb, headers from waiting`,
    share: 0.05,
  },
}

/** A log of commits of 50 rows each, which is what the intake makes of a crowd. */
const AT_ONCE = 50

/** The outboxes of those who read the log, on a server of their own: wal_level = logical then costs nobody else anything. */
export async function openLoggedOutboxes(world: World, rows: number) {
  const server = await startLogicalServer(world)
  const { postgres } = await readDurability(server.url, world.brokers)
  const url = databaseUrl(server.url, 'logged')
  await makeFullOutbox({ ...world, postgresUrl: server.url, database: (name) => createServiceDatabase(server.url, name) }, 'logged', {
    ...{ count: rows, perOrder: 5, sampled: false },
  })
  await withClient(url, async (client) => {
    const theirs = { outboxOrInbox: 'outbox', database: 'logged', schema: 'theirs', table: 'outbox', listenerRole: 'postgres' } as const
    await client.query(DatabaseSetup.dropAndCreateTable(theirs))
    await client.query('create table waiting_rows as table outbox')
    await client.query('create index on waiting_rows (id)')
  })
  const rowsOf = (outbox: LoggedOutbox) => Math.round(rows * tables[outbox].share)
  return {
    conditions: { 'wal_level of those who read the log': postgres.wal_level!, 'rows of pg-transactional-outbox': rowsOf('theirs') },
    pid: server.process.pid,
    fill: (outbox: LoggedOutbox): Promise<Filled> => fill(url, tables[outbox], rowsOf(outbox)),
    check: (outbox: LoggedOutbox, drain: Drain) => check[outbox](url, rowsOf(outbox), drain),
    close: async () => void (await server.stop()),
  }
}

const startLogicalServer = async ({ dir }: World): Promise<PostgresServer> =>
  startPostgres({ port: await freePort(), dataDir: join(dir, 'logical'), settings: { wal_level: 'logical' } })

/** The slot first: it sees what is committed after it. */
async function fill(url: string, { name, published, insert }: Table, rows: number): Promise<Filled> {
  await withClient(url, async (client) => {
    await client.query(`drop publication if exists ${LOG}`)
    await client.query(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '${LOG}'`)
    await client.query(`truncate ${name} cascade`)
    await client.query(`create publication ${LOG} for table ${published} with (publish = 'insert')`)
    await client.query(`select pg_create_logical_replication_slot('${LOG}', 'pgoutput')`)
    await client.query('set synchronous_commit = off') // for what fills it, not for what drains it
    await client.query(commitsOf(insert, rows))
    await client.query(`vacuum (analyze) ${name}`)
    await client.query('checkpoint')
  })
  return { url, rows }
}

const commitsOf = (insert: string, rows: number) => `do $$
declare lowest bigint := (select min(id) from waiting_rows);
begin
  for n in 0 .. ${Math.ceil(rows / AT_ONCE) - 1} loop
    with waiting as materialized (
      select * from waiting_rows
      where id >= lowest + n * ${AT_ONCE} and id < lowest + least((n + 1) * ${AT_ONCE}, ${rows}) order by id
    ) ${insert};
    commit;
  end loop;
end $$`

const check: Readonly<Record<LoggedOutbox, (url: string, rows: number, drain: Drain) => Promise<LedgerLine[]>>> = {
  /** It marks nothing: what is not in the topic must come again from the slot, as far as that was confirmed. */
  logged: async (url, rows, { done, topic }) => {
    const toCome = await withClient(url, async (client) => {
      await freed(client)
      const peeked = `pg_logical_slot_peek_binary_changes('${LOG}', null, null, 'proto_version', '1', 'publication_names', '${LOG}')`
      const inserts = `select count(*)::int as count from ${peeked} where get_byte(data, 0) = ascii('I')`
      return (await client.query<{ count: number }>(inserts)).rows[0]!.count
    })
    return [
      { what: 'rows counted', expected: done, found: topic.first },
      { what: 'copies', expected: 0, found: topic.copies },
      { what: 'deliveries out of order', expected: 0, found: topic.disordered },
      { what: 'rows neither in the topic nor still to come', expected: 0, found: Math.max(0, rows - topic.first - toCome) },
    ]
  },
  theirs: (url, rows, drain) =>
    withClient(url, async (client) => {
      await freed(client)
      const counted =
        'select count(*)::int as rows, count(processed_at)::int as marked, count(abandoned_at)::int as parked from theirs.outbox'
      return ledgerOf((await client.query<Counted>(counted)).rows[0]!, rows, drain)
    }),
}

/** Nobody reads from the slot any more. */
const freed = (client: { query(sql: string): Promise<{ rowCount: number | null }> }) =>
  waitFor(async () => (await client.query(`select from pg_replication_slots where slot_name = '${LOG}' and active`)).rowCount === 0, {
    ...{ deadline: 30_000, what: 'the end of the log reader' },
  })
