import { PARTITIONS } from '@quadrille/contracts'
import { serviceNames } from '@quadrille/testing'
import { allProcesses, TICKS, ticksBelow } from '../processor-time.ts'
import type { Recording } from '../statements/recording.ts'
import { replay } from '../statements/replay.ts'
import { openTopics } from '../topic.ts'
import { startWorker } from '../worker.ts'
import type { World } from '../world.ts'
import type { Done } from './parts-worker.ts'

/** Processor milliseconds of one of each, servers' share included. */
export interface PartCosts {
  /** All statements of an order, in sets. */
  readonly database: number
  readonly produced: number
  readonly consumed: number
  /** A request, answered and asked. */
  readonly answered: number
  readonly asked: number
}

const TOPIC = 'bare.parts'

/** The parts of which a shop is made, each with nothing around it. */
export async function openParts(world: World, postgresPid: () => number, recording?: Recording) {
  const topics = openTopics(world.brokers)
  await topics.create([{ name: TOPIC, partitions: PARTITIONS, retentionMs: 3_600_000 }])
  const start = () => startWorker('src/bare/parts-worker.ts')
  const [client, server] = await Promise.all([start(), start()])
  const url = await server.call<string>('listen')
  await client.call('connect', world.brokers)
  const broker = () => world.kafka.pid

  async function produced(ms: number) {
    return spent(broker, () => client.call<Done>('produce', { topic: TOPIC, ms }))
  }

  return {
    async measure(ms: number): Promise<PartCosts> {
      const part = ms / 8
      const database = recording ? await databaseCost(recording, postgresPid, part) : 0
      const sent = await produced(part)
      const read = await spent(broker, () => client.call<Done>('consume', { brokers: world.brokers, topic: TOPIC, count: sent.count }))
      const before = await server.call<number>('used')
      const asked = await client.call<Done>('ask', { url, ms: part })
      const answered = (await server.call<number>('used')) - before
      return {
        database,
        produced: sent.ms / sent.count,
        consumed: read.ms / read.count,
        answered: answered / asked.count,
        asked: asked.cpuMs / asked.count,
      }
    },
    async close() {
      await Promise.all([client.stop(), server.stop(), topics.close()])
    },
  }
}

/** What a client and a server spent together. */
async function spent(server: () => number, work: () => Promise<Done>) {
  const before = usedBy(server())
  const { count, cpuMs } = await work()
  return { count, ms: cpuMs + usedBy(server()) - before }
}

/** In sets as large as those of a shop that is busy, over four connections: the server's own time. */
async function databaseCost({ databases, together, ordersTogether }: Recording, pid: () => number, ms: number) {
  let cost = 0
  for (const service of serviceNames) {
    let before = 0
    const onWarm = () => {
      before = usedBy(pid())
    }
    const done = await replay({ url: databases[service], statements: together[service], clients: 4, ms, onWarm })
    cost += (usedBy(pid()) - before) / done / ordersTogether
  }
  return cost
}

const usedBy = (pid: number) => (ticksBelow(allProcesses(), pid) * 1_000) / TICKS
