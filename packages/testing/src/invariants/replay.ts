import type { Client } from 'pg'
import { withClient } from '../database.ts'
import { waitUntilQuiet } from './quiet.ts'
import type { ServiceName } from './snapshot.ts'
import type { Violation } from './survey.ts'
import { type CheckTargets, serviceNames, withAdmin } from './targets.ts'

/** How to replay a running system. */
export interface Replay {
  /** Lets go of the consumer group and ends. */
  stop(service: ServiceName): Promise<unknown>
  start(service: ServiceName): Promise<unknown>
  /** Also forgets what was processed, as if the inbox had been pruned. */
  readonly emptyInbox: boolean
  readonly deadline?: number
}

/** I10: every service reads all its topics again from the first record; not a row may change, nothing may happen outside. */
export async function replayFromZero(targets: CheckTargets, { stop, start, emptyInbox, deadline }: Replay): Promise<Violation[]> {
  const before = await readWorld(targets)
  await Promise.all(serviceNames.map(again))
  await waitUntilQuiet(targets, { deadline })
  return differences(before, await readWorld(targets))

  async function again(service: ServiceName) {
    await stop(service)
    await rewind(targets, service)
    if (emptyInbox) await withClient(targets.databases[service], (client) => client.query('delete from processed_events'))
    await start(service)
  }
}

/** A group without offsets begins at the oldest record. Setting offsets instead takes kafkajs 5 s for each topic. */
const rewind = (targets: CheckTargets, groupId: ServiceName) => withAdmin(targets, (admin) => admin.deleteGroups([groupId]))

/** Rows as text, by table; the provider's ledger and the mailbox count as tables. */
export type World = ReadonlyMap<string, readonly string[]>

/** Which rows came and went, for the first few of each table. */
export function differences(before: World, after: World): Violation[] {
  const tables = new Set([...before.keys(), ...after.keys()])
  return [...tables].flatMap((table) => {
    const [was, is] = [before.get(table) ?? [], after.get(table) ?? []]
    const changes = [...minus(was, is).map((row) => `lost ${row}`), ...minus(is, was).map((row) => `got ${row}`)]
    return changes.slice(0, 3).map((problem) => ({ invariant: 'I10' as const, subject: table, problem: `a replay changed it: ${problem}` }))
  })
}

/** What is left of some rows when each of the others has taken one equal to it away. */
function minus(rows: readonly string[], others: readonly string[]): string[] {
  const left = Map.groupBy(rows, (row) => row)
  for (const other of others) left.get(other)?.pop()
  return [...left.values()].flat()
}

/** Everything that is kept anywhere, but what a replay goes through or leaves by itself. */
export async function readWorld({ databases, pspUrl, mailUrl }: CheckTargets): Promise<World> {
  const tables = await Promise.all(serviceNames.map((service) => withClient(databases[service], (client) => tablesOf(client, service))))
  return new Map([...tables.flat(), ['ledger', await rowsAt(`${pspUrl}/ledger`)], ['mailbox', await rowsAt(`${mailUrl}/api/mails`)]])
}

async function rowsAt(url: string): Promise<string[]> {
  const rows = (await (await fetch(url)).json()) as unknown[]
  return rows.map((row) => JSON.stringify(row))
}

// The inbox is what a replay goes through, a lease moves with every restart, and operators' own doings are written down.
const TABLES = `
  select table_name as name from information_schema.tables
  where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('processed_events', 'outbox_lease')
    and table_name not like 'operator%'`

async function tablesOf(client: Client, service: ServiceName): Promise<[string, string[]][]> {
  const { rows } = await client.query<{ name: string }>(TABLES)
  const tables: [string, string[]][] = []
  for (const { name } of rows) {
    const content = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${client.escapeIdentifier(name)} t`)
    tables.push([`${service}.${name}`, content.rows.map(({ row }) => row)])
  }
  return tables
}
