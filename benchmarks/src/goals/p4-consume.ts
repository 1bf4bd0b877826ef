import { type Benchmark, type LedgerLine, type Reading, type Session, wordsOf } from '../benchmark.ts'
import { type Backlog, createBacklog, type Kind } from '../consume/backlog.ts'
import { createConsumption, linesOf, TABLES } from '../consume/consuming.ts'
import { eventScript, everyRowScript } from '../consume/scripts.ts'
import { migratedForTally } from '../consume/tally-tables.ts'
import { countRows, countSince, restoreTables } from '../database-state.ts'
import type { KafkaClient } from '../kafka-client.ts'
import { bestClients, findPlainDatabase, type Script } from '../pgbench.ts'
import { openTopics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'

interface Consumer {
  readonly words: string
  readonly worker: 'src/consume/consumer-worker.ts' | 'seed/consumer-worker.ts'
  readonly client: KafkaClient
  readonly kind: Kind
}

interface Database {
  readonly words: string
  readonly script: Script
}

const ours = { worker: 'src/consume/consumer-worker.ts', client: 'kafkajs' } as const

const sides = {
  pgbench: { words: 'pgbench: dedupe row and effect row, a transaction an event', script: eventScript },
  consumer: { words: 'our consumer: dedupe, state and effect', ...ours, kind: 'clean' },
  consumerOther: { words: 'our consumer over @platformatic/kafka', ...ours, client: 'platformatic', kind: 'clean' },
  poison: { words: 'our consumer, 1 % of the records poison', ...ours, kind: 'poison' },
  replay: { words: 'our consumer, every event a duplicate', ...ours, kind: 'replay' },
  everyRow: { words: 'pgbench: all rows that our consumer writes, a transaction an event', script: everyRowScript },
  seed: {
    words: 'the usual consumer: eachMessage, a transaction each',
    worker: 'seed/consumer-worker.ts',
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
  quick: ['pgbench', 'consumer'],
  minutes: 3.1,
  comparisons: [
    { name: 'our consumer ÷ pgbench, a transaction an event', of: 'consumer', to: 'pgbench', aims: 'up', must: 3, stretch: 8, gate: 0.8 },
    { name: 'our consumer over @platformatic/kafka ÷ pgbench', of: 'consumerOther', to: 'pgbench', aims: 'up', must: 3, stretch: 8 },
    { name: 'pure duplicates ÷ pgbench', of: 'replay', to: 'pgbench', aims: 'up', stretch: 15 },
    { name: '1 % poison ÷ clean', of: 'poison', to: 'consumer', aims: 'up', must: 0.5 },
    { name: 'our consumer ÷ pgbench that writes every row of ours', of: 'consumer', to: 'everyRow', aims: 'up' },
    {
      ...{ name: 'our consumer ÷ the usual consumer', of: 'consumer', to: 'seed', aims: 'up' },
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
  const admin = await migratedForTally(world, 'consume')
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
  const start = async ([side, file]: (typeof consumers)[number]) => [side, await startWorker(file)] as const
  return new Map(await Promise.all(consumers.map(start)))
}

interface Plain {
  readonly plain: Awaited<ReturnType<typeof findPlainDatabase>>
  readonly clients: number
  readonly url: string
}

function createSlot(world: World, workers: ReadonlyMap<string, Worker>, backlog: Backlog, { plain, clients, url }: Plain) {
  let done = 0
  let before: Readonly<Record<string, number>> = {}
  const consumptions = new Map(
    [...workers].map(([side, worker]) => {
      const { client, kind } = consumerOf(side)!
      return [side, createConsumption(world, { name: side, worker, backlog, kind, client, database: url, usual: side === 'seed' })]
    }),
  )

  async function ofDatabase({ script }: Database, slotMs: number): Promise<Reading> {
    const transactions = await plain.run(script, { url, clients, slotMs })
    done = transactions.done
    return { figures: { rate: (1_000 * done) / transactions.elapsedMs }, done }
  }

  return {
    async prepare(side: string, slotMs: number) {
      const consumption = consumptions.get(side)
      if (consumption) return await consumption.prepare(slotMs)
      await restoreTables(url)
      before = await countRows(url, TABLES)
    },
    measure: (side: string, slotMs: number) =>
      consumptions.get(side)?.measure(slotMs) ?? ofDatabase(sides[side as Name] as Database, slotMs),
    check: async (side: string): Promise<LedgerLine[]> =>
      (await consumptions.get(side)?.check()) ?? linesOf({ claimed: done, effects: done }, await countSince(url, TABLES, before)),
  }
}
