import { join } from 'node:path'
import { migrate } from '@quadrille/service-kit'
import { databaseUrl, waitFor, withClient } from '@quadrille/testing'
import { type Benchmark, type LedgerLine, type Reading, type Session, wordsOf } from '../benchmark.ts'
import { createBacklog, type Kind } from '../consume/backlog.ts'
import type { Consumed, Consuming } from '../consume/consumer-worker.ts'
import { eventScript, everyRowScript } from '../consume/scripts.ts'
import { tallyTable } from '../consume/tally.ts'
import { countRows, countSince, restoreTables } from '../database-state.ts'
import type { KafkaClient } from '../kafka-client.ts'
import { bestClients, findPlainDatabase, type Script } from '../pgbench.ts'
import { openTopics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'

interface Consumer {
  readonly words: string
  readonly worker: 'consume/consumer-worker.ts' | '../seed/consumer-worker.ts'
  readonly client: KafkaClient
  readonly kind: Kind
}

interface Database {
  readonly words: string
  readonly script: Script
}

const ours = { worker: 'consume/consumer-worker.ts', client: 'kafkajs' } as const

const sides = {
  pgbench: { words: 'pgbench: dedupe row and effect row, a transaction an event', script: eventScript },
  consumer: { words: 'our consumer: dedupe, state and effect', ...ours, kind: 'clean' },
  consumerOther: { words: 'our consumer over @platformatic/kafka', ...ours, client: 'platformatic', kind: 'clean' },
  poison: { words: 'our consumer, 1 % of the records poison', ...ours, kind: 'poison' },
  replay: { words: 'our consumer, every event a duplicate', ...ours, kind: 'replay' },
  everyRow: { words: 'pgbench: all rows that our consumer writes, a transaction an event', script: everyRowScript },
  seed: {
    words: 'the usual consumer: eachMessage, a transaction each',
    worker: '../seed/consumer-worker.ts',
    client: 'kafkajs',
    kind: 'clean',
  },
} satisfies Record<string, Consumer | Database>

export const consume: Benchmark = {
  name: 'consume',
  goal: 'P4',
  title: 'events are consumed: known again, folded into a state, an effect stored',
  sides: wordsOf(sides),
  figures: { rate: 'events/s' },
  warmUps: 2,
  seldom: ['poison', 'replay', 'everyRow', 'seed'],
  quick: ['pgbench', 'consumer', 'seed'],
  comparisons: [
    { name: 'our consumer ÷ pgbench, a transaction an event', of: 'consumer', to: 'pgbench', aims: 'up', must: 3, stretch: 8, gate: 0.8 },
    { name: 'our consumer over @platformatic/kafka ÷ pgbench', of: 'consumerOther', to: 'pgbench', aims: 'up', must: 3, stretch: 8 },
    { name: 'pure duplicates ÷ pgbench', of: 'replay', to: 'pgbench', aims: 'up', stretch: 15 },
    { name: '1 % poison ÷ clean', of: 'poison', to: 'consumer', aims: 'up', must: 0.5 },
    { name: 'our consumer ÷ pgbench that writes every row of ours', of: 'consumer', to: 'everyRow', aims: 'up' },
    {
      ...{ name: 'our consumer ÷ the usual consumer', of: 'consumer', to: 'seed', aims: 'up', gate: 1.5 },
      lesson: 'consumer: whatever waits in one transaction, instead of a transaction a message and an offset commit a batch',
    },
    {
      ...{ name: 'over @platformatic/kafka ÷ over kafkajs', of: 'consumerOther', to: 'consumer', aims: 'up' },
      lesson: 'consumer: the other Kafka client',
    },
  ],
  open,
}

type Name = keyof typeof sides
const consumerOf = (side: string) => {
  const found = sides[side as Name]
  return 'worker' in found ? (found as Consumer) : undefined
}

async function open(world: World, wanted: readonly string[]): Promise<Session> {
  const url = await world.database('consume')
  await migrate(url)
  await withClient(url, (client) => client.query(tallyTable))
  const admin = databaseUrl(world.postgresUrl, 'consume') // `checkpoint` is for superusers
  const plain = await findPlainDatabase(world)
  world.say('looking for the best number of connections')
  const clients = await bestClients(plain, eventScript, admin, world.quick ? [16] : [4, 8, 16, 32])
  const topics = openTopics(world.brokers)
  await topics.create()
  const backlog = await createBacklog(world, topics)
  const workers = await startWorkers(wanted)
  const measured = { plain, clients, url: admin }
  return {
    conditions: { ...backlog.conditions, database: plain.program, connections: clients, partitions: 12, topic: 'orders.v1' },
    processes: (side) => ({ ...pidOf(workers, side), PostgreSQL: world.postgres.pid, Kafka: world.kafka.pid }),
    ...createSlot(world, workers, backlog, measured),
    async close() {
      await Promise.all([...workers.values()].map((worker) => worker.stop()))
      await Promise.all([backlog.close(), topics.close()])
    },
  }
}

const pidOf = (workers: ReadonlyMap<string, Worker>, side: string) => {
  const worker = workers.get(side)
  return worker && { [side]: worker.pid }
}

async function startWorkers(wanted: readonly string[]): Promise<Map<string, Worker>> {
  const consumers = wanted.flatMap((side) => (consumerOf(side) ? [[side, consumerOf(side)!.worker] as const] : []))
  const start = async ([side, file]: (typeof consumers)[number]) =>
    [side, await startWorker(join(import.meta.dirname, '..', file))] as const
  return new Map(await Promise.all(consumers.map(start)))
}

interface Plain {
  readonly plain: Awaited<ReturnType<typeof findPlainDatabase>>
  readonly clients: number
  readonly url: string
}

function createSlot(
  world: World,
  workers: ReadonlyMap<string, Worker>,
  backlog: Awaited<ReturnType<typeof createBacklog>>,
  { plain, clients, url }: Plain,
) {
  let done = 0
  let records = 0
  let before: Readonly<Record<string, number>> = {}

  async function ofDatabase({ script }: Database, slotMs: number): Promise<Reading> {
    const transactions = await plain.run(script, { url, clients, slotMs })
    done = transactions.done
    return { figures: { rate: (1_000 * done) / transactions.elapsedMs }, done }
  }

  async function ofConsumer(side: string, slotMs: number): Promise<Reading> {
    const consumed = await workers.get(side)!.call<Consumed>('consume', slotMs)
    done = consumed.done
    const rate = (1_000 * done) / consumed.elapsedMs
    backlog.learn(side, rate)
    return { figures: { rate }, done }
  }

  return {
    async prepare(side: string, slotMs: number) {
      const consumer = consumerOf(side)
      await restoreTables(url)
      before = await countRows(url, TABLES)
      if (!consumer) return
      records = await backlog.fill(side, consumer.kind, url, slotMs)
      await workers.get(side)!.call('prepare', { url, brokers: world.brokers, client: consumer.client, records } satisfies Consuming)
    },
    measure: (side: string, slotMs: number) =>
      consumerOf(side) ? ofConsumer(side, slotMs) : ofDatabase(sides[side as Name] as Database, slotMs),
    async check(side: string): Promise<LedgerLine[]> {
      const consumer = consumerOf(side)
      if (consumer?.kind === 'poison')
        await waitFor(async () => (await countRows(url, TABLES)).unsent === 0, { what: 'the letters to be sent' })
      await workers.get(side)?.call('end')
      const rows = await countSince(url, TABLES, before)
      if (!consumer || side === 'seed') return linesOf({ claimed: done, effects: done }, rows)
      return linesOf(backlog.promised(consumer.kind, records), rows)
    },
  }
}

const TABLES = {
  claimed: 'processed_events',
  effects: 'effects',
  heard: '(select generate_series(1, heard) from tallies) as each',
  disordered: 'tallies where disordered > 0',
  parked: 'parked_events',
  letters: 'outbox',
  unsent: 'outbox where published_at is null',
}

const linesOf = (promised: Readonly<Record<string, number>>, found: Readonly<Record<string, number>>): LedgerLine[] =>
  Object.entries(promised).map(([what, expected]) => ({ what: `rows ${what}`, expected, found: found[what]! }))
