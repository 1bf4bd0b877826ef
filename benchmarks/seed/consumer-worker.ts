import { setTimeout as wait } from 'node:timers/promises'
import { type Consumer, Kafka, logLevel } from 'kafkajs'
import { Pool } from 'pg'
import type { Consumed, Consuming } from '../src/consume/consumer-worker.ts'
import { serve } from '../src/worker.ts'
import { handleOne } from './consumer.ts'

/** The group of the usual consumer. */
const GROUP = 'seed'
let pool: Pool | undefined
let consumer: Consumer | undefined

serve({
  async prepare({ url, brokers }: Consuming) {
    pool = new Pool({ connectionString: url })
    consumer = new Kafka({ brokers: [...brokers], clientId: GROUP, logLevel: logLevel.NOTHING }).consumer({ groupId: GROUP })
    await consumer.connect()
    await consumer.subscribe({ topics: ['orders.v1'], fromBeginning: true })
  },
  async consume(slotMs: number): Promise<Consumed> {
    const first = Promise.withResolvers<number>()
    let [done, last] = [0, 0]
    await consumer!.run({
      eachMessage: async (payload) => {
        first.resolve(performance.now())
        done += Number(await handleOne(pool!, payload))
        last = performance.now()
      },
    })
    const begun = await first.promise
    await wait(slotMs)
    await consumer!.stop() // what was begun is finished, and counts; how long it takes to stop does not
    return { done, elapsedMs: last - begun }
  },
  async end() {
    await consumer?.disconnect()
    await pool?.end()
  },
})
