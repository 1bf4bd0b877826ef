import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { blame } from '@quadrille/messaging'
import { Client, Pool } from 'pg'
import Postgrator from 'postgrator'
import { gatheringSocket } from './gathering-socket.ts'
import type { Logger } from './logging.ts'

const RUNTIME_MIGRATIONS = new URL('../../messaging/migrations/', import.meta.url)

/** How a service reaches its database. */
export interface PoolOptions {
  readonly service: string
  readonly url: string
  readonly connections: number
  readonly log: Logger
}

/**
 * The service's connections. Limits are ordered so that the server always gives up before the client does: a statement
 * that the client abandons costs its connection, and with it everything in the same pipeline.
 */
export function createPool({ service, url, connections, log }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: withoutScans(url),
    application_name: service,
    max: connections,
    pipeline: true, // statements sent without awaiting one another share a round trip: 3 trips a set instead of 9-11
    lock_timeout: 2_000,
    statement_timeout: 3_000,
    query_timeout: 5_000,
    idle_in_transaction_session_timeout: 10_000,
    connectionTimeoutMillis: 2_500,
    keepAlive: true,
    stream: gatheringSocket,
  })
  // Without a listener, a connection that dies while idle would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'))
  return pool
}

/**
 * A plan that was made while its table was small stays while it grows (decision 14): none may scan a table that an index finds, nor gather
 * and sort what an index has in order: of 1,700 effects due, three were claimed in 27 ms.
 * In the URL, since a URL's own options would replace those beside it.
 */
function withoutScans(url: string): string {
  const whole = new URL(url)
  const own = whole.searchParams.get('options') ?? process.env.PGOPTIONS ?? ''
  whole.searchParams.set('options', `${own} -c enable_seqscan=off -c enable_bitmapscan=off`.trim())
  return whole.href
}

/** Where the schema stands: the newest migration applied, of the runtime and of the service. */
export interface SchemaVersion {
  readonly runtime: number
  readonly service: number
}

/** When to give up on a database that is not there, and whom to tell meanwhile. */
export interface MigrateOptions {
  readonly log?: Logger
  readonly deadlineMs?: number
  /** Without the runtime's tables: of whoever reads events and emits none. */
  readonly readsOnly?: boolean
}

/**
 * Brings a database up to date: first the runtime's tables, then the service's own (`001.do.name.sql`, forward only).
 * All or nothing, and safe when several instances start at once. Waits for a database that is still starting.
 */
export async function migrate(url: string, migrations?: URL, options: MigrateOptions = {}): Promise<SchemaVersion> {
  const { log, deadlineMs = 60_000, readsOnly = false } = options
  const end = performance.now() + deadlineMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await migrateOnce(url, migrations, readsOnly)
    } catch (error) {
      if (blame(error) !== 'environment' || performance.now() > end) throw error
      if (attempt === 1) log?.warn({ err: error }, 'waiting for the database')
      await wait(250)
    }
  }
}

async function migrateOnce(url: string, migrations: URL | undefined, readsOnly: boolean): Promise<SchemaVersion> {
  const client = new Client({ connectionString: url, application_name: 'migrate', connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // told by the statement that fails
  try {
    await client.connect()
    await client.query('begin')
    // Held until the commit, without a lock timeout: the second instance waits, then finds nothing to do.
    await client.query(`select pg_advisory_xact_lock(hashtext('quadrille.migrate'))`)
    const runtime = readsOnly ? 0 : await apply(client, RUNTIME_MIGRATIONS, 'schema_version_runtime')
    const service = migrations ? await apply(client, migrations, 'schema_version') : 0
    await client.query('commit')
    return { runtime, service }
  } finally {
    await client.end()
  }
}

async function apply(client: Client, migrations: URL, schemaTable: string): Promise<number> {
  const postgrator = new Postgrator({
    driver: 'pg',
    schemaTable,
    currentSchema: 'public',
    migrationPattern: `${fileURLToPath(migrations).replace(/\/$/, '')}/*.do.*.sql`,
    execQuery: (sql) => client.query(sql),
  })
  await postgrator.migrate()
  return postgrator.getDatabaseVersion()
}

/** Where the schema stands now. */
export async function schemaVersion(pool: Pool): Promise<SchemaVersion> {
  const newest = `select (select max(version) from schema_version_runtime)::int as runtime, (select max(version) from schema_version)::int as service`
  return (await pool.query(newest)).rows[0]
}
