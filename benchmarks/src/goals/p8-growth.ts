import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { databaseUrl } from '@quadrille/testing'
import { createIntake } from '../accept/intake.ts'
import { migratedForOrders, startOrders } from '../accept/orders-process.ts'
import type { Benchmark, Comparison, Session } from '../benchmark.ts'
import { createBacklog } from '../consume/backlog.ts'
import { createConsumption } from '../consume/consuming.ts'
import { createDrain } from '../growth/drain.ts'
import { appendWaiting, makePasts, type Past, pinOldest, restorePast, SHORT } from '../growth/history.ts'
import { telling } from '../shop/shop.ts'
import { openTopics, type Topics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'

const CONNECTIONS = 32
const SOME = 100_000

/** What has grown, in words. */
const grown = {
  few: 'a past of 1,000 rows in every table',
  some: 'a past of 100,000 rows',
  most: 'a past of 1,000,000 rows, or as many as --rows says',
  pinned: 'beside a transaction that is as old as the run: no row that died can be taken away',
}
const partitions = [6, 48] as const
const verbs = { accept: 'accept', relay: 'relay', consume: 'consume' } as const
type Verb = keyof typeof verbs
type Grown = keyof typeof grown

export const growth: Benchmark = {
  name: 'growth',
  goal: 'P8',
  title: 'what becomes of the speed as tables grow',
  sides: {
    ...Object.fromEntries(
      Object.keys(verbs).flatMap((verb) => Object.entries(grown).map(([size, words]) => [`${verb}-${size}`, `${verb}: ${words}`])),
    ),
    'accept-backlog': 'accept: while the relay of the same process drains a backlog, a past of 1,000 rows',
    ...Object.fromEntries(
      (['relay', 'consume'] as const).flatMap((verb) =>
        partitions.map((many) => [`${verb}-${many}`, `${verb}: a topic of ${many} partitions`]),
      ),
    ),
  },
  figures: { rate: 'orders or events/s', p99: 'ms' },
  comparisons: [
    ...(Object.keys(verbs) as Verb[]).flatMap((verb) => [
      ratio(`${verb}-some`, `${verb}-few`, `${verb} at 100,000 rows ÷ at 1,000`, { must: 0.9, stretch: 0.98 }),
      ratio(`${verb}-most`, `${verb}-few`, `${verb} at most rows ÷ at 1,000`, { must: 0.9, stretch: 0.98 }),
      ratio(`${verb}-pinned`, `${verb}-few`, `${verb} with a pinned snapshot ÷ without`, { must: 0.9 }),
    ]),
    ratio('accept-backlog', 'accept-few', 'accept while a backlog is drained ÷ without', { must: 0.8 }),
    {
      ...ratio('accept-backlog', 'accept-few', 'p99 of accept while a backlog is drained ÷ without', { must: 2 }),
      figure: 'p99',
      aims: 'down',
    },
    ratio('relay-48', 'relay-6', 'relay to 48 partitions ÷ to 6', { must: 0.9 }),
    ratio('consume-48', 'consume-6', 'consume from 48 partitions ÷ from 6', { must: 0.9 }),
  ],
  warmUps: 2,
  slotFactor: 0.5,
  minutes: 3.8,
  open,
}

function ratio(of: string, to: string, name: string, aim: Pick<Comparison, 'must' | 'stretch'>): Comparison {
  return { name, of, to, aims: 'up', ...aim }
}

interface Lab {
  readonly world: World
  readonly topics: Topics
  readonly collector: string
  readonly generator: Worker
  readonly pasts: Readonly<Record<Grown, Past>>
  readonly closing: (() => Promise<unknown>)[]
}

interface Side {
  readonly pid: number
  prepare(slotMs: number): Promise<void>
  measure(slotMs: number): ReturnType<Session['measure']>
  check(): ReturnType<Session['check']>
}

async function open(world: World): Promise<Session> {
  const topics = openTopics(world.brokers)
  await topics.create()
  const [sink, generator] = await Promise.all([startWorker('src/telemetry-sink.ts'), startWorker('src/accept/generator-worker.ts')])
  const pasts = {
    few: { rows: SHORT, pinned: false },
    some: { rows: SOME, pinned: false },
    most: { rows: world.rows, pinned: false },
    pinned: { rows: SHORT, pinned: true },
  }
  const closing = [() => topics.close(), generator.stop, sink.stop]
  const lab = { world, topics, collector: await sink.call<string>('listen'), generator, pasts, closing }
  const opened = await openSides(lab)
  return {
    conditions: {
      connections: CONNECTIONS,
      rows: `${SHORT}, ${SOME} and ${world.rows} in each of orders, streams, outbox, processed_events and effects; what slots add stays in all but the short ones`,
      backlog: `${backlogOf(world)} events`,
      idle: 'the services of the other sides stand idle beside',
    },
    processes: (side) => ({ [side.split('-')[0]!]: opened.get(side)!.pid, PostgreSQL: world.postgres.pid, Kafka: world.kafka.pid }),
    prepare: (side, slotMs) => opened.get(side)!.prepare(slotMs),
    measure: (side, slotMs) => opened.get(side)!.measure(slotMs),
    check: (side) => opened.get(side)!.check(),
    async close() {
      const ends = await Promise.allSettled(closing.map((step) => step()))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }
}

/** More than a relay sends in a slot. */
const backlogOf = ({ rows }: World) => (rows > 1_000_000 ? rows / 10 : 40_000)

/** A service, a relay and a consumer for each past; the last two share tables, and are never at work at once. */
async function openSides(lab: Lab): Promise<Map<string, Side>> {
  const { world, topics, pasts } = lab
  const sides: [string, Side][] = []
  for (const [size, past] of Object.entries(pasts)) {
    if (past.rows > SHORT) world.say(`filling tables with ${past.rows.toLocaleString('en')} rows`)
    const { service, admin } = await migratedForOrders(world, `accept_${size}`)
    const plain = await makePasts(world, `accept_${size}`, `plain_${size}`, past)
    if (past.pinned) lab.closing.push(await pinOldest(admin), await pinOldest(plain))
    sides.push(...(await openIntakes(lab, size, { service, admin }, past)), ...(await openRuntime(lab, size, plain, past)))
  }
  for (const many of partitions) {
    const topic = `orders.v1-of-${many}`
    await topics.create([{ name: topic, partitions: many, retentionMs: 3_600_000 }])
    const plain = databaseUrl(world.postgresUrl, 'plain_few')
    sides.push(...(await openRuntime(lab, String(many), plain, pasts.few, { topic, partitions: many })))
  }
  return new Map(sides)
}

/** A service knows one database. */
async function openIntakes(
  { world, topics, collector, generator, closing }: Lab,
  size: string,
  { service, admin }: { readonly service: string; readonly admin: string },
  past: Past,
): Promise<[string, Side][]> {
  const { url, process } = await startOrders(service, world.brokers, telling(collector))
  closing.push(() => process.stop())
  const side = (restore: (database: string) => Promise<number>): Side => {
    const { measure, ...intake } = createIntake({ url, database: admin, generator, topics, restore })
    return { pid: process.pid, ...intake, measure: (slotMs) => measure(CONNECTIONS, slotMs) }
  }
  const alone = async (database: string) => {
    await restorePast(database, past)
    return 0
  }
  const withBacklog = async (database: string) => {
    await restorePast(database, past)
    return await appendWaiting(database, backlogOf(world))
  }
  const sides: [string, Side][] = [[`accept-${size}`, side(alone)]]
  return size === 'few' ? [...sides, ['accept-backlog', side(withBacklog)]] : sides
}

const otherPartitions = `--import=${pathToFileURL(join(import.meta.dirname, '../growth/other-partitions.ts'))} --disable-warning=ExperimentalWarning`

async function openRuntime(
  { world, topics, closing }: Lab,
  name: string,
  database: string,
  past: Past,
  other?: { readonly topic: string; readonly partitions: number },
): Promise<[string, Side][]> {
  const env = other ? { NODE_OPTIONS: otherPartitions, BENCH_PARTITIONS: String(other.partitions) } : undefined
  const [relay, consumer] = await Promise.all([
    startWorker('src/relay/relay-worker.ts', env),
    startWorker('src/consume/consumer-worker.ts', env),
  ])
  const backlog = await createBacklog(world, topics, { ...other, fresh: true, most: 24_000 })
  closing.push(relay.stop, consumer.stop, backlog.close)
  const restore = (url: string) => restorePast(url, past)
  const drain = createDrain(world, { worker: relay, topics, database, restore, ...other })
  const reader = { name: `consume-${name}`, worker: consumer, backlog, kind: 'clean', client: 'kafkajs', database, restore } as const
  return [
    [`relay-${name}`, { pid: relay.pid, ...drain }],
    [`consume-${name}`, { pid: consumer.pid, ...createConsumption(world, reader) }],
  ]
}
