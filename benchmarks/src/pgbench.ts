import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startProcess } from '@quadrille/testing'
import { restoreTables } from './database-state.ts'
import { startWorker } from './worker.ts'
import type { World } from './world.ts'

const run = promisify(execFile)

/** One transaction: every statement a message of its own, and `:id` another number each time. */
export type Script = readonly string[]

/** What the database does when nobody but a load generator asks it. */
export interface PlainDatabase {
  /** Who asks: pgbench, or, where there is none, a pg client that runs the very same statements, and says so. */
  readonly program: string
  /** Runs a script over so many connections; gives the transactions that were committed. */
  run(script: Script, load: Load): Promise<Transactions>
}

export interface Load {
  readonly url: string
  readonly clients: number
  readonly slotMs: number
}

export interface Transactions {
  readonly done: number
  readonly elapsedMs: number
}

export async function findPlainDatabase({ dir }: Pick<World, 'dir'>): Promise<PlainDatabase> {
  const version = await run('pgbench', ['--version']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )
  return version
    ? { program: version, run: (script, load) => withPgbench(dir, script, load) }
    : { program: 'pg client: no pgbench here', run: withClient }
}

async function withPgbench(dir: string, script: Script, { url, clients, slotMs }: Load): Promise<Transactions> {
  const file = join(dir, 'script.sql')
  await writeFile(file, textOf(script))
  const args = [
    '-n',
    '-M',
    'prepared',
    '-c',
    clients,
    '-j',
    Math.min(2, clients),
    '-T',
    Math.max(1, Math.round(slotMs / 1_000)),
    '-D',
    'n=0',
    '-f',
    file,
    url,
  ]
  const lines: string[] = []
  const pgbench = startProcess({ name: 'pgbench', command: 'pgbench', args: args.map(String), onLine: (line) => lines.push(line) })
  const { code } = await pgbench.exited
  if (code !== 0) throw new Error(`pgbench failed:\n${pgbench.tail()}`)
  return readReport(lines.join('\n'))
}

/** A number of its own for each transaction, one after the other in each connection, as time-ordered ids are. */
export const textOf = (script: Script) =>
  [
    '\\set n :n + 1',
    '\\set id :client_id * 1000000000 + :n',
    ...script.map((statement) => `${statement.replaceAll(/\s+/g, ' ').trim()};`),
    '',
  ].join('\n')

export function readReport(report: string): Transactions {
  const done = Number(/transactions actually processed: (\d+)/.exec(report)?.[1])
  const rate = Number(/^tps = ([\d.]+) \(without initial connection time\)/m.exec(report)?.[1])
  const failed = Number(/failed transactions: (\d+)/.exec(report)?.[1] ?? 0)
  if (!(done > 0 && rate > 0) || failed > 0) throw new Error(`pgbench says what cannot be used:\n${report}`)
  return { done, elapsedMs: (1_000 * done) / rate }
}

async function withClient(script: Script, load: Load): Promise<Transactions> {
  const worker = await startWorker('src/pg-client-worker.ts')
  try {
    return await worker.call<Transactions>('run', { script, load })
  } finally {
    await worker.stop()
  }
}

/** A text as SQL, without a colon: pgbench would take what follows one for a variable. */
export const literal = (text: string) => `U&'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\003A')}'`

/** A UUID that is made of the transaction's number, in the order of time. */
export const UUID = `('01990000-0000-7000-8000-' || lpad(to_hex(:id::bigint), 12, '0'))`

/** The number of connections at which this script is quickest. */
export async function bestClients(database: PlainDatabase, script: Script, url: string, candidates: readonly number[]): Promise<number> {
  const tried: { clients: number; rate: number }[] = []
  for (const clients of candidates) {
    const { done, elapsedMs } = await database.run(script, { url, clients, slotMs: 1_000 })
    tried.push({ clients, rate: done / elapsedMs })
    await restoreTables(url)
  }
  return tried.sort((one, other) => other.rate - one.rate)[0]!.clients
}
