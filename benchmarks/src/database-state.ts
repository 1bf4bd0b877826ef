import { waitFor, withClient } from '@quadrille/testing'

/** Rows that were there before, in each of these tables: in empty ones the planner would read everything instead of an index. */
const HISTORY = 10_000
export const pasts: Readonly<Record<string, string>> = {
  orders: `insert into orders (order_id, status, correlation_id, customer_id, customer_email, items, total, currency, placed_at)
           select uuidv7(), 'dispatched', 'past', 'past', 'past@example.com', '[{}]', 1, 'EUR', now() from generate_series(1, $1::int)`,
  streams: 'insert into streams (order_id, sequence) select uuidv7()::text, 1 from generate_series(1, $1::int)',
  outbox: `insert into outbox (event_id, topic, key, sequence, payload, headers, published_at)
           select uuidv7(), 'orders.v1', 'past-' || n, 1, '{}', '{}', now() from generate_series(1, $1::int) as n`,
  processed_events: `insert into processed_events (consumer, event_id, topic, partition, "offset", key)
                     select 'loyalty', uuidv7()::text, 'orders.v1', 0, n, 'past' from generate_series(1, $1::int) as n`,
  tallies: 'insert into tallies (order_id, heard, disordered) select uuidv7(), 1, 0 from generate_series(1, $1::int)',
  effects: `insert into effects (key, kind, order_id, payload, run_at, status, done_at)
            select 'past-' || n, 'remember', 'past', '{}', now(), 'done', now() from generate_series(1, $1::int) as n`,
}

/** Every table with the same past, short unless told otherwise, and nothing left to write back: each slot begins in the same state. */
export const restoreTables = (url: string, history = HISTORY) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename !~ '^schema_version|^outbox_lease$'`,
    )
    const names = rows.map(({ name }) => name)
    // A service at work may hold some of them and wait for others: one of both is refused then, and asks again
    const truncated = () => client.query(`truncate ${names.join(', ')} restart identity`)
    await waitFor(truncated, { what: 'every table to be emptied' })
    for (const name of names) if (pasts[name]) await client.query(pasts[name], [history])
    await client.query(`vacuum (analyze) ${names.join(', ')}`)
    await client.query('checkpoint')
  })

/** How many rows each of these tables holds. */
export const countRows = (url: string, tables: Readonly<Record<string, string>>) =>
  withClient(url, async (client) => {
    const counts = Object.entries(tables).map(([name, from]) => `(select count(*)::int from ${from}) as "${name}"`)
    return (await client.query<Record<string, number>>(`select ${counts.join(', ')}`)).rows[0]!
  })

/** How many came since they were counted before. */
export async function countSince(url: string, tables: Readonly<Record<string, string>>, before: Readonly<Record<string, number>>) {
  const now = await countRows(url, tables)
  return Object.fromEntries(Object.entries(now).map(([name, rows]) => [name, rows - (before[name] ?? 0)]))
}
