import { order } from '../accept/generator-worker.ts'
import { createIntake, type Intake, TABLES, writtenLines } from '../accept/intake.ts'
import { migratedForOrders, startOrders } from '../accept/orders-process.ts'
import { fourMessages, oneStatement, type Sample, sampleOf } from '../accept/scripts.ts'
import { type Benchmark, type LedgerLine, type Reading, type Session, wordsOf } from '../benchmark.ts'
import { countRows, countSince, restoreTables } from '../database-state.ts'
import { findPlainDatabase, type PlainDatabase, type Script } from '../pgbench.ts'
import { telling } from '../shop/shop.ts'
import { openTopics } from '../topic.ts'
import { startWorker } from '../worker.ts'
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
  seldom: ['usual32', 'one32', 'one64'],
  quick: ['four32', 'orders32', 'usual32'],
  minutes: 3.1,
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

async function open(world: World): Promise<Session> {
  const topics = openTopics(world.brokers)
  await topics.create()
  const [own, apart] = await Promise.all([migratedForOrders(world, 'accept'), migratedForOrders(world, 'apart')])
  const [collector, generator, usual] = await Promise.all(
    ['src/telemetry-sink.ts', 'src/accept/generator-worker.ts', 'seed/intake-worker.ts'].map((file) => startWorker(file)),
  )
  const orders = await startOrders(own.service, world.brokers, telling(await collector!.call<string>('listen')))
  const plain = await findPlainDatabase(world)
  const usualUrl = await usual!.call<string>('listen', apart.service)
  const intakes = {
    service: createIntake({ url: orders.url, database: own.admin, generator: generator!, topics }),
    usual: createIntake({ url: usualUrl, database: apart.admin, generator: generator! }),
  }
  const lab = { intakes, plain, apart: apart.admin, sample: await firstOrder(orders.url, own.admin) }
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
  readonly intakes: Readonly<Record<'service' | 'usual', Intake>>
  readonly plain: PlainDatabase
  /** Of everybody but the service, for its relay would send their rows too. */
  readonly apart: string
  readonly sample: Sample
}

function createSlot({ intakes, plain, apart, sample }: Lab) {
  let promised = 0
  let before: Readonly<Record<string, number>> = {}

  async function ofDatabase(script: Script, clients: number, slotMs: number): Promise<Reading> {
    const { done, elapsedMs } = await plain.run(script, { url: apart, clients, slotMs })
    promised = done
    return { figures: { rate: (1_000 * done) / elapsedMs }, done }
  }

  return {
    async prepare(side: string) {
      const { form } = sides[side]!
      if (typeof form === 'string') return await intakes[form].prepare()
      await restoreTables(apart)
      before = await countRows(apart, TABLES)
    },
    async measure(side: string, slotMs: number) {
      const { form, connections } = sides[side]!
      return typeof form === 'string'
        ? await intakes[form].measure(connections, slotMs)
        : await ofDatabase(form(sample), connections, slotMs)
    },
    async check(side: string): Promise<LedgerLine[]> {
      const { form } = sides[side]!
      return typeof form === 'string' ? await intakes[form].check() : writtenLines(promised, await countSince(apart, TABLES, before))
    },
  }
}
