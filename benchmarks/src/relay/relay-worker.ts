import { randomUUID } from 'node:crypto'
import { createInstruments, createPostgresOutbox, createRelay, type OutboxStore, pause } from '@quadrille/messaging'
import { createLog, createPool, createTelemetry } from '@quadrille/service-kit'
import { waitFor } from '@quadrille/testing'
import { connectKafka, type KafkaClient } from '../kafka-client.ts'
import { serve } from '../worker.ts'

/** What a relay is to drain. */
export interface FullOutbox {
  readonly url: string
  readonly brokers: readonly string[]
  readonly client: KafkaClient
  readonly rows: number
}

/** How far it came, and in what time. */
export interface Drained {
  readonly done: number
  readonly elapsedMs: number
  /** Where it is not simply so much in that time, events a second. */
  readonly rate?: number
}

const log = createLog({ service: 'orders', level: 'warn' })
const { meter, tracer } = createTelemetry({ service: 'orders', endpoint: process.env.BENCH_OTLP })
const instruments = createInstruments(meter, tracer, 'orders')

/** Our relay as it is, over our store as it is, all but the first read made: it holds the lease, and its producer is connected. */
async function poise({ url, brokers, client, rows }: FullOutbox) {
  const pool = createPool({ service: 'orders', url, connections: 10, log })
  const kafka = await connectKafka(client, brokers)
  const connected = [await kafka.connectProducer()]
  const [opened, drained] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const outbox = createPostgresOutbox(pool)
  let done = 0
  const markAndRead: OutboxStore['markAndRead'] = async (acknowledged, limits) => {
    await opened.promise
    const read = await outbox.markAndRead(acknowledged, limits)
    done += acknowledged.length
    if (done >= rows) drained.resolve()
    return read
  }
  const relay = createRelay({
    store: { ...outbox, markAndRead },
    connectProducer: async () => connected.pop() ?? (await kafka.connectProducer()),
    owner: randomUUID(),
    log,
    instruments,
    onFatal: drained.reject,
    pause,
  })
  relay.start()
  await waitFor(() => relay.holdsLease, { what: 'the lease' })

  return {
    async drain(slotMs: number): Promise<Drained> {
      const begun = performance.now()
      opened.resolve()
      await Promise.race([drained.promise, pause(slotMs, new AbortController().signal)])
      return { done, elapsedMs: performance.now() - begun }
    },
    async end() {
      await relay.stop()
      await Promise.all([pool.end(), kafka.disconnect()])
    },
  }
}

let poised: Awaited<ReturnType<typeof poise>> | undefined

serve({
  async prepare(outbox: FullOutbox) {
    poised = await poise(outbox)
  },
  drain: (slotMs: number) => poised!.drain(slotMs),
  async end() {
    await poised?.end()
    poised = undefined
  },
})
