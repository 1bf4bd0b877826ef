import { PARTITIONS } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import type { Samples } from '../load/draws.ts'
import { openTopics } from '../topic.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'
import type { Pace, Stage } from './hops-worker.ts'

/** How long single steps take with nothing around them, from the moment each was meant to begin. */
export interface Hops {
  readonly commit: Samples
  /** From one process through Kafka to another. */
  readonly trip: Samples
  /** Asked and answered. */
  readonly request: Samples
}

const topicNames = ['bare.trip', 'bare.first', 'bare.second', 'bare.third']
const RATE = 200
let seeds = 0

/** Bare steps, one kind after the other, and the same hops in a row: a request, and three trips through three processes. */
export async function openHops(world: World) {
  const topics = openTopics(world.brokers)
  await topics.create(topicNames.map((name) => ({ name, partitions: PARTITIONS, retentionMs: 3_600_000 })))
  const url = await world.database('bare')
  const names = ['customer', 'sender', 'receiver', 'first', 'second', 'third'] as const
  const started = await Promise.all(names.map(async (name) => [name, await startWorker('src/bare/hops-worker.ts')] as const))
  const at = Object.fromEntries(started) as Record<(typeof names)[number], (typeof started)[0][1]>
  const stand = (name: (typeof names)[number], stage: Omit<Stage, 'brokers'>) =>
    at[name].call('stand', { brokers: world.brokers, ...stage })
  await Promise.all([
    stand('sender', { to: 'bare.trip' }),
    stand('receiver', { from: 'bare.trip' }),
    stand('first', { from: 'bare.third' }),
    stand('second', { from: 'bare.first', to: 'bare.second' }),
    stand('third', { from: 'bare.second', to: 'bare.third' }),
  ])
  const [echo, first] = await Promise.all([
    at.receiver.call<string>('listen', { brokers: world.brokers }),
    at.first.call<string>('listen', { brokers: world.brokers, to: 'bare.first' }),
  ])
  const pace = (rate: number, ms: number): Pace => ({ rate, seconds: ms / 1_000, seed: ++seeds })

  async function steps(ms: number): Promise<Hops> {
    const each = pace(RATE, ms / 3)
    const commit = await at.sender.call<number[]>('commit', { url, ...each })
    const { took: request } = await at.customer.call<{ took: number[] }>('ask', { url: echo, ...each })
    const sent = await at.sender.call<number>('send', { to: 'bare.trip', ...each })
    return { commit, request, trip: await arrived(at.receiver, sent) }
  }

  /** From the moment the request was meant to be sent to the arrival after the third trip. */
  async function race(rate: number, ms: number): Promise<Samples> {
    const each = pace(rate, ms)
    const { took } = await at.customer.call<{ took: number[] }>('ask', { url: first, ...each })
    return arrived(at.first, took.length)
  }

  return {
    steps,
    race,
    /** Everything once that does not count. */
    async warmUp() {
      await steps(3_000)
      await race(RATE, 2_000)
    },
    async close() {
      await Promise.all([...started.map(([, worker]) => worker.stop()), topics.close()])
    },
  }
}

async function arrived({ call }: Worker, count: number): Promise<Samples> {
  const samples: number[] = []
  const all = async () => {
    samples.push(...(await call<number[]>('arrived')))
    return samples.length >= count
  }
  await waitFor(all, { deadline: 30_000, every: 50, what: `${count} records to arrive` })
  return samples
}
