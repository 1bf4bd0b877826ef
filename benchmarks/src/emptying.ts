import { withClient } from '@quadrille/testing'

/** Every table of the services empty, vacuumed, and nothing left to write back: each slot begins in the same state. */
export const emptyTables = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename !~ '^schema_version|^outbox_lease$'`,
    )
    await client.query(`truncate ${rows.map(({ name }) => name).join(', ')} restart identity`)
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
  })

/** How many rows each of these tables holds. */
export const countRows = (url: string, tables: Readonly<Record<string, string>>) =>
  withClient(url, async (client) => {
    const counts = Object.entries(tables).map(([name, from]) => `(select count(*)::int from ${from}) as "${name}"`)
    return (await client.query<Record<string, number>>(`select ${counts.join(', ')}`)).rows[0]!
  })
