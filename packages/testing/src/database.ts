import { createHash, randomUUID } from 'node:crypto'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'

/** The same server, another database; with a role, as that role. */
export function databaseUrl(adminUrl: string, database: string, role?: { name: string; password: string }): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  if (role) Object.assign(url, { username: encodeURIComponent(role.name), password: encodeURIComponent(role.password) })
  return url.href
}

/** A role, and a database that it owns and nobody else may enter; what exists already stays. Gives the role's URL. */
export async function createServiceDatabase(adminUrl: string, name: string, password: string = name): Promise<string> {
  await withClient(adminUrl, async (admin) => {
    await createOnce(admin, `create role ${escapeIdentifier(name)} login password ${escapeLiteral(password)}`)
    await createOnce(admin, `create database ${escapeIdentifier(name)} owner ${escapeIdentifier(name)}`)
    await admin.query(`revoke connect on database ${escapeIdentifier(name)} from public`)
  })
  return databaseUrl(adminUrl, name, { name, password })
}

/** A database of one test file. */
export interface TestDatabase {
  readonly name: string
  /** Connects as the owner, who is no superuser. */
  readonly url: string
  drop(): Promise<void>
}

/** A fresh migrated database. The migrations run once per label and run, into a template; every call clones it (about 0.3 s; file_copy took 0.5 s). */
export async function testDatabase(migrate: (url: string) => Promise<void>, label: string): Promise<TestDatabase> {
  const adminUrl = adminUrlOfThisRun()
  const run = process.env.TEST_RUN_ID ?? String(process.pid)
  const template = `${label}_${createHash('sha256').update(`${label}${run}${migrate}`).digest('hex').slice(0, 8)}`
  const name = `${template}_${randomUUID().slice(0, 8)}`
  await withClient(adminUrl, async (admin) => {
    // Two files that start at once must build it once, and a template being built cannot be cloned.
    await admin.query('select pg_advisory_lock(hashtext($1))', [template])
    if (!(await isFinished(admin, template))) await buildTemplate(admin, adminUrl, template, migrate)
    await admin.query(
      `create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)} owner ${escapeIdentifier(template)}`,
    )
  })
  return { name, url: databaseUrl(adminUrl, name, { name: template, password: template }), drop: () => drop(adminUrl, name) }
}

function adminUrlOfThisRun(): string {
  const url = process.env.TEST_POSTGRES_URL
  if (!url) throw new Error('TEST_POSTGRES_URL is not set: run this through the int or scenarios project of jest')
  return url
}

async function isFinished(admin: Client, template: string): Promise<boolean> {
  return (await admin.query('select from pg_database where datname = $1 and datistemplate', [template])).rowCount === 1
}

async function buildTemplate(admin: Client, adminUrl: string, template: string, migrate: (url: string) => Promise<void>): Promise<void> {
  await admin.query(`drop database if exists ${escapeIdentifier(template)} with (force)`)
  await migrate(await createServiceDatabase(adminUrl, template))
  await admin.query(`alter database ${escapeIdentifier(template)} is_template true connection limit 0`)
  // A pool that the migration left open would make the clone fail.
  await admin.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [template])
}

// A pool has ended before the server has heard so, and force told such a client 57P01 when nobody listened any more. Without it PostgreSQL waits 5 s.
const drop = (adminUrl: string, name: string) =>
  withClient(adminUrl, async (admin) => {
    const dropping = `drop database if exists ${escapeIdentifier(name)}`
    await admin.query(dropping).catch(() => admin.query(`${dropping} with (force)`))
  })

/** Runs some statements on a connection of their own. */
export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {}) // a server that goes away is told by the query that fails
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

// duplicate_object, duplicate_database, and unique_violation when two create it at the same instant
const EXISTS = new Set(['42710', '42P04', '23505'])

async function createOnce(admin: Client, statement: string): Promise<void> {
  await admin.query(statement).catch((error) => {
    if (!EXISTS.has(error.code)) throw error
  })
}
