// What a replay asks of an outbox with a long history behind it:
//   node packages/messaging/test/replay-figures.ts [rows]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startPostgres } from '@quadrille/testing'
import { Pool } from 'pg'
import { publishedSince, readPublished } from '../src/postgres/outbox-history.ts'
import { fillHistory } from './history.ts'
import { runtimeTables } from './runtime-tables.ts'

const ROWS = Number(process.argv[2] ?? 2_000_000)
const DAYS = 30
const BATCH = 500
const ENOUGH = 100_000

const dir = await mkdtemp(join(tmpdir(), 'quadrille-figures-'))
const server = await startPostgres({ port: await freePort(), dataDir: join(dir, 'postgres') })
const pool = new Pool({ connectionString: server.url, max: 6 })
const tell = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`)
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** Reads it as a task does, but sends nothing, and ends after a good part. */
async function read(since: string, until: string) {
  const seen = { statements: 0, rows: 0, longest: 0, first: 0 }
  const started = performance.now()
  for (let after = '0'; seen.rows < ENOUGH; ) {
    const asked = performance.now()
    const found = await readPublished(pool, { topic: 'orders.v1', since, until }, after, BATCH)
    seen.longest = Math.max(seen.longest, performance.now() - asked)
    if (found === null) break
    if (seen.rows === 0 && found.rows.length > 0) seen.first = performance.now() - started
    Object.assign(seen, { statements: seen.statements + 1, rows: seen.rows + found.rows.length })
    after = found.upTo
  }
  return `${seen.rows} rows in ${seen.statements} looks, ${ms(performance.now() - started)}; the longest ${ms(seen.longest)}, the first rows after ${ms(seen.first)}`
}

const ms = (time: number) => `${time.toFixed(time < 10 ? 1 : 0)} ms`

try {
  await pool.query(await runtimeTables())
  tell(`filling ${ROWS} rows of ${DAYS} days`)
  await fillHistory(pool, { rows: ROWS, days: DAYS, unsent: 0 })
  for (const [name, since] of Object.entries({ beginning: '-infinity', '15 days': ago(15), '1 hour': ago(1 / 24), tomorrow: ago(-1) })) {
    const started = performance.now()
    const { events, estimated, until } = await publishedSince(pool, 'orders.v1', since)
    tell(`${name}: ${estimated ? 'about ' : ''}${events} events, known in ${ms(performance.now() - started)}`)
    tell(`${name}: ${await read(since, until)}`)
  }
} finally {
  await pool.end()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
}
