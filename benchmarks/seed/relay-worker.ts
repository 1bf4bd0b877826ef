import { setTimeout as wait } from 'node:timers/promises'
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'
import { Pool } from 'pg'
import type { Drained, FullOutbox } from '../src/relay/relay-worker.ts'
import { serve } from '../src/worker.ts'
import { startSeedRelay } from './relay.ts'

const everyMs = Number(process.env.SEED_EVERY_MS)
let pool: Pool | undefined
let producer: Producer | undefined

async function connect(brokers: readonly string[]) {
  const connected = new Kafka({ brokers: [...brokers], clientId: 'seed', logLevel: logLevel.NOTHING }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await connected.connect()
  return connected
}

serve({
  async prepare({ url, brokers }: FullOutbox) {
    pool = new Pool({ connectionString: url })
    producer ??= await connect(brokers)
    await pool.query('select 1')
  },
  async drain(slotMs: number): Promise<Drained> {
    const begun = performance.now()
    let done = 0
    const relay = startSeedRelay(pool!, producer!, everyMs, (rows) => {
      done += rows
    })
    await wait(slotMs)
    await relay.stop() // a round that was begun is finished, and counts, with the time it took
    return { done, elapsedMs: performance.now() - begun }
  },
  async end() {
    await pool?.end()
  },
})
