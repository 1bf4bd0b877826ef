import { join } from 'node:path'
import type { PartitionOffset } from '@quadrille/messaging'
import { type Benchmark, type LedgerLine, type Session, wordsOf } from '../benchmark.ts'
import type { KafkaClient } from '../kafka-client.ts'
import { countDeliveries } from '../ledger.ts'
import type { Intake } from '../relay/intake-worker.ts'
import type { Drained, FullOutbox } from '../relay/relay-worker.ts'
import { copyFullOutbox, countOutbox, makeFullOutbox } from '../relay/template.ts'
import { openTopics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'

/** What is drained, by whom, and how it is checked. */
interface Side {
  readonly words: string
  readonly worker: 'relay/relay-worker.ts' | 'relay/bare-worker.ts' | '../seed/relay-worker.ts'
  readonly client: KafkaClient
  /** A bare producer has no outbox. */
  readonly outbox?: 'untraced' | 'traced'
  readonly env?: Readonly<Record<string, string>>
  /** While it drains, half as many events are appended as the relay sends that has nothing beside it. */
  readonly intake?: boolean
}

const relayWorker = { worker: 'relay/relay-worker.ts', outbox: 'untraced' } as const
const seedWorker = { worker: '../seed/relay-worker.ts', client: 'kafkajs', outbox: 'untraced' } as const

const sides = {
  bare: { words: 'bare kafkajs, batches of 500, acks=all', worker: 'relay/bare-worker.ts', client: 'kafkajs' },
  relay: { words: 'our relay, no trace recorded', ...relayWorker, client: 'kafkajs' },
  busy: { words: 'our relay, while orders are accepted at half its rate', ...relayWorker, client: 'kafkajs', intake: true },
  traced: { words: 'our relay, every trace recorded', ...relayWorker, client: 'kafkajs', outbox: 'traced' },
  relayOther: { words: 'our relay over @platformatic/kafka, no trace recorded', ...relayWorker, client: 'platformatic' },
  bareOther: { words: 'bare @platformatic/kafka, batches of 500, acks=all', worker: 'relay/bare-worker.ts', client: 'platformatic' },
  eager: { words: 'the usual relay without its timer', ...seedWorker, env: { SEED_EVERY_MS: '0' } },
  seed: { words: 'the usual relay: 500 ms, LIMIT 100, one send a row', ...seedWorker, env: { SEED_EVERY_MS: '500' } },
} satisfies Record<string, Side>

/** Orders' topic, as the contracts have it. */
const TOPIC = 'orders.v1'

/** More than any of them drains in a slot, with less waiting for the copies: a slot may end early, at the last row. */
const rowsFor = ({ quick }: World) => (quick ? 40_000 : 100_000)

export const relay: Benchmark = {
  name: 'relay',
  goal: 'P2',
  title: 'a full outbox is drained to Kafka, in order and marked',
  sides: wordsOf(sides),
  figures: { rate: 'events/s' },
  warmUps: 2,
  seldom: ['traced', 'eager', 'seed'],
  quick: ['bare', 'relay', 'eager'],
  comparisons: [
    { name: 'our relay ÷ bare kafkajs', of: 'relay', to: 'bare', aims: 'up', must: 0.7, stretch: 0.95, gate: 0.25 },
    {
      name: 'our relay ÷ bare kafkajs, while orders are accepted at half its rate',
      of: 'busy',
      to: 'bare',
      aims: 'up',
      must: 0.7,
      stretch: 0.95,
    },
    { name: 'our relay ÷ bare @platformatic/kafka, both over it', of: 'relayOther', to: 'bareOther', aims: 'up', must: 0.7, stretch: 0.95 },
    { name: 'our relay over @platformatic/kafka ÷ bare kafkajs', of: 'relayOther', to: 'bare', aims: 'up', must: 1.5 },
    {
      ...{ name: 'our relay ÷ the usual relay', of: 'relay', to: 'seed', aims: 'up', must: 40 },
      lesson: 'relay: rows sent and marked in batches, as soon as they are there, instead of 100 every 500 ms, one by one',
    },
    {
      ...{ name: 'our relay ÷ the usual relay without its timer', of: 'relay', to: 'eager', aims: 'up', gate: 5 },
      lesson: 'relay: the batches alone',
    },
    {
      ...{ name: 'over @platformatic/kafka ÷ over kafkajs', of: 'relayOther', to: 'relay', aims: 'up' },
      lesson: 'relay: the other Kafka client',
    },
    {
      ...{ name: 'every trace recorded ÷ no trace recorded', of: 'traced', to: 'relay', aims: 'up' },
      lesson: 'relay: a span for every event that is sent',
    },
  ],
  open,
}

async function open(world: World, wanted: readonly string[]): Promise<Session> {
  const topics = openTopics(world.brokers)
  const rows = rowsFor(world)
  world.say(`filling an outbox with ${rows} events`)
  await topics.create()
  for (const outbox of new Set(wanted.flatMap((side) => sideOf(side).outbox ?? []))) {
    await makeFullOutbox(world, outbox, { count: rows, perOrder: 5, sampled: outbox === 'traced' })
  }
  const collector = await startWorker(join(import.meta.dirname, '../telemetry-sink.ts'))
  const workers = await startWorkers(wanted, await collector.call<string>('listen'))
  const intake = await startWorker(join(import.meta.dirname, '../relay/intake-worker.ts'))
  const slot = createSlot(world, { workers, intake, rows, topics })
  return {
    conditions: { partitions: 12, batch: 500, rows, payload: 'OrderPlaced: 326 bytes of JSON, 378 bytes in 11 headers', acks: 'all' },
    processes: (side) => ({
      [side]: workers.get(side)!.pid,
      ...(sideOf(side).intake && { intake: intake.pid }),
      ...{ PostgreSQL: world.postgres.pid, Kafka: world.kafka.pid },
    }),
    ...slot,
    async close() {
      await Promise.all([...workers.values(), collector, intake].map((worker) => worker.stop()))
      await topics.close()
    },
  }
}

const sideOf = (name: string): Side => sides[name as keyof typeof sides]

async function startWorkers(wanted: readonly string[], otlp: string): Promise<Map<string, Worker>> {
  const start = async (name: string) => {
    const { worker, env, outbox } = sideOf(name)
    return [
      name,
      await startWorker(join(import.meta.dirname, '..', worker), { ...env, ...(outbox === 'traced' && { BENCH_OTLP: otlp }) }),
    ] as const
  }
  return new Map(await Promise.all(wanted.map(start)))
}

interface SlotOptions {
  readonly workers: ReadonlyMap<string, Worker>
  readonly intake: Worker
  readonly rows: number
  readonly topics: ReturnType<typeof openTopics>
}

/** Until the relay was measured alone, half of what it is likely to do. */
const FIRST_INTAKE = 10_000

function createSlot(world: World, { workers, intake, rows, topics }: SlotOptions) {
  let from: readonly PartitionOffset[] = []
  let url = ''
  let [done, appended] = [0, 0]
  let perSecond = FIRST_INTAKE

  return {
    async prepare(side: string, slotMs: number) {
      const { outbox, client, intake: busy } = sideOf(side)
      from = await topics.ends(TOPIC)
      if (outbox) url = await copyFullOutbox(world, outbox)
      if (busy) await intake.call('prepare', { url, perSecond, slotMs } satisfies Intake)
      await workers.get(side)!.call('prepare', { url, brokers: world.brokers, client, rows } satisfies FullOutbox)
    },
    async measure(side: string, slotMs: number) {
      const appending = sideOf(side).intake ? intake.call<number>('append', { url, perSecond, slotMs } satisfies Intake) : 0
      const [drained, more] = await Promise.all([workers.get(side)!.call<Drained>('drain', slotMs), appending])
      done = drained.done
      appended = more
      const rate = (1_000 * done) / drained.elapsedMs
      if (side === 'relay') perSecond = Math.round(rate / 2)
      return { figures: { rate }, done, ...(more > 0 && { notes: { appended: more } }) }
    },
    async check(side: string): Promise<LedgerLine[]> {
      await workers.get(side)!.call('end')
      if (sideOf(side).intake) await intake.call('end')
      if (!sideOf(side).outbox) return [{ what: 'records in the topic', expected: done, found: await topics.countSince(from) }]
      return ledgerOf(await countOutbox(url), countDeliveries(await topics.readSince(from)), rows + appended, done)
    },
  }
}

/** After its end a relay has marked what it had sent: those rows, each once and in order, and nothing else, are in the topic. */
function ledgerOf(
  outbox: Awaited<ReturnType<typeof countOutbox>>,
  topic: ReturnType<typeof countDeliveries>,
  rows: number,
  done: number,
): LedgerLine[] {
  return [
    { what: 'rows in the outbox', expected: rows, found: outbox.rows },
    { what: 'first deliveries of marked rows', expected: outbox.marked, found: topic.first },
    { what: 'copies', expected: 0, found: topic.copies },
    { what: 'deliveries out of order', expected: 0, found: topic.disordered },
    { what: 'rows parked', expected: 0, found: outbox.parked },
    { what: 'rows counted and not marked', expected: 0, found: Math.max(0, done - outbox.marked) },
  ]
}
