import { ProduceAcks, Producer } from '@platformatic/kafka'
import type { OutgoingRecord } from '@quadrille/messaging'
import type { TopicMessages } from 'kafkajs'
import type { KafkaClient } from '../kafka-client.ts'
import { batchesOf, makeRows, recordOf } from '../records.ts'
import { serve } from '../worker.ts'
import { connectBareKafkaJs, toMessage } from './bare-kafkajs.ts'
import type { Drained } from './relay-worker.ts'

/** As large as the relay's. */
const BATCH = 500

/** A client as whoever wrote it would use it: connected, the batches made beforehand, one in flight, acknowledged by all. */
interface Bare {
  send(batch: number): Promise<unknown>
  close(): Promise<unknown>
}

const batches = [...batchesOf(makeRows({ count: 20 * BATCH, perOrder: 5 }), BATCH)].map((rows) => rows.map(recordOf))

const clients: Readonly<Record<KafkaClient, (brokers: string[]) => Promise<Bare>>> = { kafkajs, platformatic }

async function kafkajs(brokers: string[]): Promise<Bare> {
  const producer = await connectBareKafkaJs(brokers)
  const ready = batches.map((records): TopicMessages[] => [{ topic: records[0]!.topic, messages: records.map(toMessage) }])
  return {
    send: (batch) => producer.sendBatch({ acks: -1, topicMessages: ready[batch]! }),
    close: () => producer.disconnect(),
  }
}

async function platformatic(brokers: string[]): Promise<Bare> {
  const producer = new Producer({ clientId: 'bare', bootstrapBrokers: brokers, autocreateTopics: false })
  const ready = batches.map((records) => records.map(toBuffers))
  return {
    send: (batch) => producer.send({ messages: ready[batch]!, acks: ProduceAcks.ALL }),
    close: () => producer.close(),
  }
}

const toBuffers = ({ topic, key, value, headers, partition }: OutgoingRecord) => ({
  topic,
  partition,
  key: Buffer.from(String(key)),
  value: Buffer.from(String(value)),
  headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(String(text))])),
})

let bare: Bare | undefined

serve({
  async prepare({ client, brokers }: { client: KafkaClient; brokers: string[] }) {
    bare ??= await clients[client](brokers)
  },
  async drain(slotMs: number): Promise<Drained> {
    const begun = performance.now()
    let done = 0
    for (let turn = 0; performance.now() - begun < slotMs; turn++) {
      await bare!.send(turn % batches.length)
      done += BATCH
    }
    return { done, elapsedMs: performance.now() - begun }
  },
  end: () => {},
})
