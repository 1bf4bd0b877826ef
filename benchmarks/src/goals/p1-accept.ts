import { join } from 'node:path'
import type { PartitionOffset } from '@quadrille/messaging'
import { migrate } from '@quadrille/service-kit'
import { databaseUrl, waitFor } from '@quadrille/testing'
import { type Answered, order, type Wanted } from '../accept/generator-worker.ts'
import { startOrders } from '../accept/orders-process.ts'
import { fourMessages, oneStatement, type Sample, sampleOf } from '../accept/scripts.ts'
import { type Benchmark, type LedgerLine, type Reading, type Session, wordsOf } from '../benchmark.ts'
import { countRows, countSince, restoreTables } from '../database-state.ts'
import { findPlainDatabase, type PlainDatabase, type Script } from '../pgbench.ts'
import { openTopics, type Topics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'

type Form = 'service' | 'usual' | ((sample: Sample) => Script)

interface Side {
  readonly words: string
  readonly form: Form
  readonly connections: number
}

const four = 'pgbench: both rows, four messages an order'
const one = 'pgbench: both rows, one statement an order'

const sides: Readonly<Record<string, Side>> = {
  four32: { words: `${four}, 32 connections`, form: fourMessages, connections: 32 },
  orders32: { words: 'POST /orders, 32 connections', form: 'service', connections: 32 },
  one32: { words: `${one}, 32 connections`, form: oneStatement, connections: 32 },
  usual32: { words: 'the usual intake: a transaction a request, 32 connections', form: 'usual', connections: 32 },
  one64: { words: `${one}, 64 connections`, form: oneStatement, connections: 64 },
  orders64: { words: 'POST /orders, 64 connections', form: 'service', connections: 64 },
  four64: { words: `${four}, 64 connections`, form: fourMessages, connections: 64 },
}

export const accept: Benchmark = {
  name: 'accept',
  goal: 'P1',
  title: 'orders are accepted over HTTP: validated, priced, committed with their event before the answer, all telemetry on',
  sides: wordsOf(sides),
  figures: { rate: 'orders/s' },
  warmUps: 2,
  seldom: ['usual32'],
  quick: ['four32', 'orders32', 'usual32'],
  comparisons: [
    {
      name: 'POST /orders ÷ pgbench, four messages, 32 connections',
      of: 'orders32',
      to: 'four32',
      aims: 'up',
      must: 1,
      stretch: 1.5,
      gate: 0.2,
    },
    { name: 'POST /orders ÷ pgbench, four messages, 64 connections', of: 'orders64', to: 'four64', aims: 'up', must: 1, stretch: 1.5 },
    { name: 'POST /orders ÷ pgbench, one statement, 32 connections', of: 'orders32', to: 'one32', aims: 'up', must: 0.5, stretch: 0.8 },
    { name: 'POST /orders ÷ pgbench, one statement, 64 connections', of: 'orders64', to: 'one64', aims: 'up', must: 0.5, stretch: 0.8 },
    {
      ...{ name: 'POST /orders ÷ the usual intake, which checks and tells nothing', of: 'orders32', to: 'usual32', aims: 'up', gate: 0.3 },
      lesson: 'intake: requests that wait share a transaction, instead of one each',
    },
  ],
  open,
}

const migrations = new URL('../../../services/orders/src/migrations', import.meta.url)

async function open(world: World): Promise<Session> {
  const topics = openTopics(world.brokers)
  await topics.create()
  const [own, apart] = await Promise.all([migrated(world, 'accept'), migrated(world, 'apart')])
  const [collector, generator, usual] = await Promise.all(
    ['telemetry-sink.ts', 'accept/generator-worker.ts', '../seed/intake-worker.ts'].map(workerOf),
  )
  const orders = await startOrders(own.service, world.brokers, await collector!.call<string>('listen'))
  const plain = await findPlainDatabase(world)
  const places = { service: orders.url, usual: await usual!.call<string>('listen', apart.service) }
  const lab = {
    world,
    topics,
    generator: generator!,
    plain,
    places,
    own: own.admin,
    apart: apart.admin,
    sample: await firstOrder(orders.url, own.admin),
  }
  const named = { service: { orders: orders.process.pid }, usual: { intake: usual!.pid } }
  return {
    conditions: {
      database: plain.program,
      connectionsOfTheService: 10,
      tracesRecorded: '100 %',
      loop: 'closed',
      relay: 'at work meanwhile',
    },
    processes: (side) => ({ ...processesOf(side), PostgreSQL: world.postgres.pid, Kafka: world.kafka.pid }),
    ...createSlot(lab),
    async close() {
      await orders.process.stop()
      await Promise.all([collector, generator, usual].map((worker) => worker!.stop()))
      await topics.close()
    },
  }

  function processesOf(side: string): Record<string, number> {
    const { form } = sides[side]!
    return typeof form === 'function' ? {} : { ...named[form], generator: generator!.pid }
  }
}

const workerOf = (file: string) => startWorker(join(import.meta.dirname, '..', file))

/** A database with orders' tables, of which the service has its own. */
async function migrated(world: World, name: string) {
  const service = await world.database(name)
  await migrate(service, migrations)
  return { service, admin: databaseUrl(world.postgresUrl, name) }
}

/** Its rows are what pgbench writes as well. */
async function firstOrder(url: string, database: string): Promise<Sample> {
  const { status } = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  })
  if (status !== 201) throw new Error(`POST /orders was answered ${status}`)
  return await sampleOf(database)
}

interface Lab {
  readonly world: World
  readonly topics: Topics
  readonly generator: Worker
  readonly plain: PlainDatabase
  readonly places: Readonly<Record<'service' | 'usual', string>>
  /** Of the service, and of everybody else, for its relay would send their rows too. */
  readonly own: string
  readonly apart: string
  readonly sample: Sample
}

const FIRST_RATE = 1_000

function createSlot({ topics, generator, plain, places, own, apart, sample }: Lab) {
  const rates = new Map<string, number>()
  let from: readonly PartitionOffset[] = []
  let promised = 0
  let before: Readonly<Record<string, number>> = {}

  async function ofHttp(side: string, form: 'service' | 'usual', connections: number, slotMs: number): Promise<Reading> {
    const requests = Math.max(connections, Math.round(((rates.get(side) ?? FIRST_RATE) * slotMs) / 1_000))
    const wanted: Wanted = { url: `${places[form]}/orders`, connections, requests }
    const { created, others, elapsedMs } = await generator.call<Answered>('load', wanted)
    if (others > 0) throw new Error(`${others} of ${requests} requests were not answered 201`)
    promised = created
    rates.set(side, (1_000 * created) / elapsedMs)
    return { figures: { rate: (1_000 * created) / elapsedMs }, done: created }
  }

  async function ofDatabase(script: Script, clients: number, slotMs: number): Promise<Reading> {
    const { done, elapsedMs } = await plain.run(script, { url: apart, clients, slotMs })
    promised = done
    return { figures: { rate: (1_000 * done) / elapsedMs }, done }
  }

  const urlOf = (form: Form) => (form === 'service' ? own : apart)

  return {
    async prepare(side: string) {
      await restoreTables(urlOf(sides[side]!.form))
      before = await countRows(urlOf(sides[side]!.form), TABLES)
      from = await topics.ends('orders.v1')
    },
    async measure(side: string, slotMs: number) {
      const { form, connections } = sides[side]!
      return typeof form === 'function'
        ? await ofDatabase(form(sample), connections, slotMs)
        : await ofHttp(side, form, connections, slotMs)
    },
    async check(side: string): Promise<LedgerLine[]> {
      const { form } = sides[side]!
      const sent = async () => (await countRows(own, TABLES)).unsent === 0
      if (form === 'service') await waitFor(sent, { deadline: 60_000, what: 'every event to be sent' })
      const rows = await countSince(urlOf(form), TABLES, before)
      const written = [line('orders stored', promised, rows.orders), line('events in the outbox', promised, rows.events)]
      if (form !== 'service') return written
      return [...written, line('records in the topic', promised, await topics.countSince(from)), line('rows parked', 0, rows.parked)]
    },
  }
}

const TABLES = { orders: 'orders', events: 'outbox', unsent: 'outbox where published_at is null', parked: 'outbox_parked' }

const line = (what: string, expected: number, found: number | undefined): LedgerLine => ({ what, expected, found: found! })
