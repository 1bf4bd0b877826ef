import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createIntake, type Intake } from '../accept/intake.ts'
import { migratedForOrders, type OrdersProcess, startOrders } from '../accept/orders-process.ts'
import type { Benchmark, Comparison, Session } from '../benchmark.ts'
import { createBacklog } from '../consume/backlog.ts'
import { type Consumption, createConsumption } from '../consume/consuming.ts'
import { migratedForTally } from '../consume/tally-tables.ts'
import { silent, telling } from '../shop/shop.ts'
import { openTopics, type Topics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'

const CONNECTIONS = 32

/** What is told, in words, and which share of the traces is recorded. */
const manners = {
  told: { words: 'logs at info, metrics, every span recorded and sent', share: 1 },
  tenth: { words: 'logs at info, metrics, the spans of one order in ten recorded and sent', share: 0.1 },
  silent: { words: 'no log, no metric, no span', share: 0 },
}
type Manner = keyof typeof manners
const inWords = Object.entries(manners).map(([manner, { words }]) => [manner, words] as const)

export const telemetry: Benchmark = {
  name: 'telemetry',
  goal: 'P9',
  title: 'what telemetry costs',
  sides: {
    ...Object.fromEntries(inWords.map(([manner, words]) => [`orders-${manner}`, `POST /orders, ${CONNECTIONS} connections: ${words}`])),
    ...Object.fromEntries(inWords.map(([manner, words]) => [`consumer-${manner}`, `the consumer of P4: ${words}`])),
  },
  figures: { rate: 'orders or events/s' },
  comparisons: [
    ...compared('orders', 'orders accepted'),
    ...compared('consumer', 'events consumed'),
    {
      ...{ name: 'orders accepted, everything told ÷ nothing', of: 'orders-told', to: 'orders-silent', aims: 'up' },
      lesson: 'telemetry: log, count, record every span and send it',
    },
  ],
  warmUps: 2,
  slotFactor: 0.6,
  minutes: 2,
  open,
}

function compared(who: string, words: string): Comparison[] {
  const ratio = (manner: Manner, told: string) => ({
    ...{ name: `${words}, ${told} ÷ nothing told`, of: `${who}-${manner}`, to: `${who}-silent`, aims: 'up' as const },
  })
  return [
    { ...ratio('told', 'everything told'), must: 0.8, stretch: 0.9 },
    { ...ratio('tenth', 'one trace in ten recorded'), must: 0.95 },
  ]
}

const mannerOf = (side: string) => side.split('-')[1] as Manner
const withoutMetrics = `--import=${pathToFileURL(join(import.meta.dirname, '../without-metrics.ts'))}`

/** By the environment alone, but for the metrics, which nobody can switch off: for them the meter is exchanged as the process starts. */
const environmentOf = (manner: Manner, collector: string): Record<string, string> => {
  if (manner === 'silent') return { ...silent, NODE_OPTIONS: `${withoutMetrics} --disable-warning=ExperimentalWarning` }
  const sampler = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: String(manners[manner].share) }
  return { ...telling(collector), ...sampler, BENCH_OTLP: collector }
}

async function open(world: World): Promise<Session> {
  const topics = openTopics(world.brokers)
  await topics.create()
  const [sink, generator] = await Promise.all([startWorker('src/telemetry-sink.ts'), startWorker('src/accept/generator-worker.ts')])
  const collector = await sink.call<string>('listen')
  const lab: Lab = { world, topics, collector, generator }
  const opened: Side[] = []
  for (const manner of Object.keys(manners) as Manner[]) opened.push(await openOrders(lab, manner), await openConsumer(lab, manner))
  const at = (name: string) => opened.find((side) => side.name === name)!
  return {
    conditions: { connections: CONNECTIONS, logs: "written, and read by nobody: what a store costs is not in it, as with the collector's" },
    processes: (side) => ({ [mannerOf(side)]: at(side).pid, PostgreSQL: world.postgres.pid, Kafka: world.kafka.pid }),
    prepare: (side, slotMs) => at(side).prepare(slotMs),
    measure: (side, slotMs) => at(side).measure(slotMs),
    check: (side) => at(side).check(),
    async close() {
      for (const side of opened) await side.close()
      await Promise.all([sink.stop(), generator.stop(), topics.close()])
    },
  }
}

interface Lab {
  readonly world: World
  readonly topics: Topics
  readonly collector: string
  readonly generator: Worker
}

interface Side extends Pick<Consumption, 'prepare' | 'check'> {
  readonly name: string
  readonly pid: number
  measure(slotMs: number): ReturnType<Intake['measure']>
  close(): Promise<unknown>
}

async function openOrders({ world, topics, collector, generator }: Lab, manner: Manner): Promise<Side> {
  const { service, admin } = await migratedForOrders(world, `accept_${manner}`)
  const orders: OrdersProcess = await startOrders(service, world.brokers, environmentOf(manner, collector))
  const { prepare, measure, check } = createIntake({ url: orders.url, database: admin, generator, topics })
  const close = () => orders.process.stop()
  return { name: `orders-${manner}`, pid: orders.process.pid, prepare, measure: (slotMs) => measure(CONNECTIONS, slotMs), check, close }
}

async function openConsumer({ world, topics, collector }: Lab, manner: Manner): Promise<Side> {
  const [worker, backlog, database] = await Promise.all([
    startWorker('src/consume/consumer-worker.ts', environmentOf(manner, collector)),
    createBacklog(world, topics, { sampled: manners[manner].share, most: 24_000 }),
    migratedForTally(world, `consume_${manner}`),
  ])
  const name = `consumer-${manner}`
  const { prepare, measure, check } = createConsumption(world, { name, worker, backlog, kind: 'clean', client: 'kafkajs', database })
  const close = () => Promise.all([worker.stop(), backlog.close()])
  return { name, pid: worker.pid, prepare, measure, check, close }
}
