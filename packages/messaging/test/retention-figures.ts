// How the runtime's statements do with a long history behind them, and beside retention at work:
//   node packages/messaging/test/retention-figures.ts [rows]
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startPostgres } from '@quadrille/testing'
import { Pool } from 'pg'
import { uuidv7 } from '../src/index.ts'
import { appendEvents } from '../src/postgres/append.ts'
import { claim } from '../src/postgres/inbox.ts'
import { createPostgresOutbox } from '../src/postgres/outbox.ts'
import { forgetClaims, forgetPublished } from '../src/postgres/retention.ts'
import { createRetention } from '../src/retention.ts'
import { fillHistory } from './history.ts'
import { appended } from './outbox-rows.ts'
import { runtimeTables } from './runtime-tables.ts'
import { placedInput } from './toy/inputs.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const SET = 100
const ROUNDS = 200

const dir = await mkdtemp(join(tmpdir(), 'quadrille-figures-'))
const server = await startPostgres({ port: await freePort(), dataDir: join(dir, 'postgres') })
const pool = new Pool({ connectionString: server.url, max: 6 })
const tell = (...words: unknown[]) => process.stdout.write(`${words.join(' ')}\n`)

type Database = Pick<Pool, 'query'>

/** What a service sends all day, in sets of 100. */
function statements(database: Database): Readonly<Record<string, () => Promise<unknown>>> {
  const some = Array.from({ length: SET })
  const trx = {
    query: async (text: string, values?: readonly unknown[]) => (await database.query(text, values as unknown[])).rows as never[],
  }
  const outbox = createPostgresOutbox(database as Pool)
  const placed = () => some.map(() => placedInput(randomUUID(), undefined, uuidv7()))
  const events = () => some.map(() => appended(randomUUID(), 1))
  let sent: string[] = []
  return {
    claim: () => claim(trx, 'payments', placed(), false),
    append: () => appendEvents(trx, events(), new Map()),
    async 'mark and read'() {
      sent = (await outbox.markAndRead(sent, { limit: SET, maxBytes: 900_000 })).map(({ id }) => id)
    },
    backlog: () => outbox.backlog(),
  }
}

/** Executes what it is asked, and counts the pages that PostgreSQL touches for it, however busy the machine is. */
function countingPages() {
  const touched = { pages: 0 }
  const query = async (asked: string | { text: string; values?: unknown[] }, given?: unknown[]) => {
    const { text, values = given } = typeof asked === 'string' ? { text: asked } : asked
    const { rows } = await pool.query(`explain (analyze, buffers, format json) ${text}`, values)
    const plan = rows[0]['QUERY PLAN'][0].Plan
    touched.pages += plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
    return { rows: [{}] }
  }
  return { touched, asked: statements({ query } as unknown as Database) }
}

/** For each statement the pages it touches, and its milliseconds when they come turn by turn: half of them are faster, one in a hundred is slower. */
async function measure(title: string) {
  const took = new Map<string, number[]>(Object.keys(statements(pool)).map((name) => [name, []]))
  const timed = Object.entries(statements(pool))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, ask] of timed) {
      const started = performance.now()
      await ask()
      took.get(name)!.push(performance.now() - started)
    }
  }
  for (const [name, ms] of took) {
    const { touched, asked } = countingPages()
    await asked[name]!().catch(() => undefined)
    const sorted = ms.sort((a, b) => a - b)
    const at = (share: number) => `${sorted[Math.floor(sorted.length * share)]!.toFixed(1)} ms`
    tell(`${title.padEnd(28)} ${name.padEnd(14)} ${String(touched.pages).padStart(5)} pages, p50 ${at(0.5)}, p99 ${at(0.99)}`)
  }
}

/** Prunes all that is old, as a service does. */
async function prune() {
  const removed = new Map<string, number>()
  const work = { batches: 0, ms: 0, longest: 0 }
  const timed = (forget: typeof forgetOutbox) => async (days: number, most: number) => {
    const started = performance.now()
    const rows = await forget(days, most)
    const ms = performance.now() - started
    Object.assign(work, { batches: work.batches + 1, ms: work.ms + ms, longest: Math.max(work.longest, ms) })
    return rows
  }
  const forgetOutbox = forgetPublished(pool)
  const done = Promise.withResolvers<void>()
  const retention = createRetention({
    tables: [
      { table: 'outbox', days: 30, forget: timed(forgetOutbox) },
      { table: 'processed_events', days: 45, forget: timed(forgetClaims(pool)) },
    ],
    instruments: {
      removed(table, rows) {
        removed.set(table, (removed.get(table) ?? 0) + rows)
        if (table === 'processed_events' && rows === 0) done.resolve()
      },
    },
    onError: (error) => done.reject(error),
    // the rests between batches as they are, the hours between looks not
    pause: (ms, signal) => new Promise((resolve) => void setTimeout(resolve, ms >= 60_000 && !signal.aborted ? 0 : ms)),
  })
  const started = performance.now()
  retention.start()
  await done.promise
  await retention.stop()
  const mean = (work.ms / work.batches).toFixed(1)
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  tell(`removed ${[...removed].join(' and ')} in ${seconds} s; a batch took ${mean} ms, the longest ${work.longest.toFixed(0)} ms`)
}

try {
  await pool.query(await runtimeTables())
  await measure('nothing behind them')
  tell(`filling ${ROWS} rows`)
  await pool.query('truncate outbox, processed_events, outbox_parked')
  await fillHistory(pool, { rows: ROWS, days: 60, unsent: 0 })
  await measure(`${ROWS} rows behind them`)
  const pruning = prune()
  await measure('while these are pruned')
  await pruning
  await measure('afterwards')
} finally {
  await pool.end()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
}
