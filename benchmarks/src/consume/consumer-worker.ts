import { createInstruments, createRuntime, type Instruments } from '@quadrille/messaging'
import { createLog, createPool, createTelemetry } from '@quadrille/service-kit'
import { connectKafka, type KafkaClient } from '../kafka-client.ts'
import { serve } from '../worker.ts'
import { GROUP, tallying } from './tally.ts'

/** What is to be consumed, and where it is to be kept. */
export interface Consuming {
  readonly url: string
  readonly brokers: readonly string[]
  readonly client: KafkaClient
  readonly records: number
}

export interface Consumed {
  readonly done: number
  readonly elapsedMs: number
}

const log = createLog({ service: GROUP, level: process.env.BENCH_OTLP ? 'info' : 'silent' }, { write: () => {} })
const { meter, tracer } = createTelemetry({ service: GROUP, endpoint: process.env.BENCH_OTLP })
const instruments = createInstruments(meter, tracer, GROUP)

/** A whole service's runtime as it is; a count is kept of what it says it has committed. */
async function poise({ url, brokers, client, records }: Consuming) {
  const pool = createPool({ service: GROUP, url, connections: 10, log })
  const finished = Promise.withResolvers<void>()
  let [done, begun, ended] = [0, 0, 0]
  const count = (more: number) => {
    done += more
    if (done < records) return
    ended = performance.now()
    finished.resolve()
  }
  const counting: Instruments = {
    ...instruments,
    consumed: (topic, messages) => {
      begun ||= performance.now()
      instruments.consumed(topic, messages)
    },
    duplicates: (absorbed) => {
      instruments.duplicates(absorbed)
      count(absorbed)
    },
    failed: (code) => {
      instruments.failed(code)
      count(1)
    },
  }
  const kafka = await connectKafka(client, brokers, GROUP)
  const options = { service: tallying(count), world: undefined, pool, kafka, log, instruments: counting, onFatal: finished.reject }
  const runtime = createRuntime(options)

  return {
    async consume(): Promise<Consumed> {
      await runtime.start()
      await finished.promise
      return { done, elapsedMs: ended - begun }
    },
    async end() {
      await runtime.stop()
      await pool.end()
    },
  }
}

let poised: Awaited<ReturnType<typeof poise>> | undefined

serve({
  async prepare(wanted: Consuming) {
    poised = await poise(wanted)
  },
  consume: () => poised!.consume(),
  async end() {
    await poised?.end()
    poised = undefined
  },
})
