import type { PartitionOffset } from '@quadrille/messaging'
import type { LedgerLine, Session } from '../benchmark.ts'
import { countDeliveries } from '../ledger.ts'
import { openTopics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'
import type { Intake } from './intake-worker.ts'
import type { Drained, FullOutbox } from './relay-worker.ts'
import type { Sides } from './side.ts'
import { openSources, type Sources } from './sources.ts'

/** Orders' topic, as the contracts have it. */
const TOPIC = 'orders.v1'

/** More than any of them drains in a slot, with less waiting for the copies: a slot may end early, at the last row. */
const rowsFor = ({ quick }: World) => (quick ? 40_000 : 100_000)

/** The same full outbox for every side in turn, each drained by a process of its own. */
export const drain =
  (sides: Sides) =>
  async (world: World, wanted: readonly string[]): Promise<Session> => {
    const topics = openTopics(world.brokers)
    const rows = rowsFor(world)
    await topics.create()
    const sources = await openSources(
      world,
      wanted.flatMap((side) => sides[side]!.outbox ?? []),
      rows,
    )
    const collector = await startWorker('src/telemetry-sink.ts')
    const workers = await startWorkers(world, sides, wanted, await collector.call<string>('listen'))
    const intake = await startWorker('src/relay/intake-worker.ts')
    return {
      conditions: { partitions: 12, batch: 500, rows, payload: PAYLOAD, acks: 'all', ...sources.conditions },
      processes: (side) => ({
        [side]: workers.get(side)!.pid,
        ...(sides[side]!.intake && { intake: intake.pid }),
        ...{ PostgreSQL: sources.pid(sides[side]!.outbox), Kafka: world.kafka.pid },
      }),
      ...createSlot(sides, world, { workers, intake, rows, topics, sources }),
      async close() {
        await Promise.all([...workers.values(), collector, intake].map((worker) => worker.stop()))
        await Promise.all([topics.close(), sources.close()])
      },
    }
  }

const PAYLOAD = 'OrderPlaced: 326 bytes of JSON, 378 bytes in 11 headers'

async function startWorkers(world: World, sides: Sides, wanted: readonly string[], otlp: string): Promise<Map<string, Worker>> {
  const start = async (name: string) => {
    const { worker, env, outbox, provide } = sides[name]!
    const provided = await provide?.(world)
    const all = { ...env, ...provided, ...(outbox === 'traced' && { BENCH_OTLP: otlp }) }
    return [name, await startWorker(worker, all)] as const
  }
  return new Map(await Promise.all(wanted.map(start)))
}

interface SlotOptions {
  readonly workers: ReadonlyMap<string, Worker>
  readonly intake: Worker
  readonly rows: number
  readonly topics: ReturnType<typeof openTopics>
  readonly sources: Sources
}

/** Until the relay was measured alone, half of what it is likely to do. */
const FIRST_INTAKE = 10_000

function createSlot(sides: Sides, { brokers }: World, { workers, intake, rows, topics, sources }: SlotOptions) {
  let from: readonly PartitionOffset[] = []
  let url = ''
  let [done, appended] = [0, 0]
  let perSecond = FIRST_INTAKE

  return {
    async prepare(side: string, slotMs: number) {
      const { outbox, client, intake: busy } = sides[side]!
      from = await topics.ends(TOPIC)
      const filled = outbox && (await sources.fill(outbox))
      url = filled?.url ?? ''
      if (busy) await intake.call('prepare', { url, perSecond, slotMs } satisfies Intake)
      await workers.get(side)!.call('prepare', { url, brokers, client, rows: filled?.rows ?? rows } satisfies FullOutbox)
    },
    async measure(side: string, slotMs: number) {
      const appending = sides[side]!.intake ? intake.call<number>('append', { url, perSecond, slotMs } satisfies Intake) : 0
      const [drained, more] = await Promise.all([workers.get(side)!.call<Drained>('drain', slotMs), appending])
      if (drained.done === 0) throw new Error(`${side} drained nothing`)
      done = drained.done
      appended = more
      const rate = drained.rate ?? (1_000 * done) / drained.elapsedMs
      if (side === 'relay') perSecond = Math.round(rate / 2)
      return { figures: { rate }, done, ...(more > 0 && { notes: { appended: more } }) }
    },
    async check(side: string): Promise<readonly LedgerLine[]> {
      await workers.get(side)!.call('end')
      const { intake: busy, outbox } = sides[side]!
      if (busy) await intake.call('end')
      if (!outbox) return [{ what: 'records in the topic', expected: done, found: await topics.countSince(from) }]
      return await sources.check(outbox, { done, appended, topic: countDeliveries(await topics.readSince(from)) })
    },
  }
}
