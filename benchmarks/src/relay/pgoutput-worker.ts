import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import type { Message, Producer } from 'kafkajs'
import { LogicalReplicationService, type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { serve } from '../worker.ts'
import { connectBareKafkaJs } from './bare-kafkajs.ts'
import type { Drained, FullOutbox } from './relay-worker.ts'
import { LOG } from './side.ts'

/** As large as the relay's. */
const BATCH = 500

interface Row {
  readonly topic: string
  readonly key: string
  readonly payload: string
  readonly headers: Record<string, string>
}

/** Where a commit ends, and how many rows there were up to it. */
interface Commit {
  readonly lsn: string
  readonly rows: number
}

/** Sends what the log holds in batches, one in flight while the next is read, and confirms commits whose rows Kafka has. */
function createLogRelay(url: string, producer: Producer, rows: number) {
  // The library's own timer would confirm what was read, not what was sent: it has to be off
  const acknowledge = { auto: false, timeoutSeconds: 0 }
  const service = new LogicalReplicationService({ connectionString: url }, { acknowledge, flowControl: { enabled: true } })
  const [all, failed] = [Promise.withResolvers<void>(), Promise.withResolvers<never>()]
  let waiting: Message[] = []
  let sending: Promise<void> | undefined
  let [read, done, ended] = [0, 0, false]
  const commits: Commit[] = []

  async function send() {
    const batch = waiting
    waiting = []
    await producer.sendBatch({ acks: -1, topicMessages: [{ topic: 'orders.v1', messages: batch }] })
    done += batch.length
    let confirmed: Commit | undefined
    while (commits[0] && commits[0].rows <= done) confirmed = commits.shift()
    if (confirmed) await service.acknowledge(confirmed.lsn)
    if (done >= rows) all.resolve()
    sending = undefined
    sendWhatWaits()
  }

  function sendWhatWaits() {
    if (sending || waiting.length === 0 || ended) return
    sending = send()
    sending.catch(failed.reject)
  }

  service.on('error', failed.reject)
  // biome-ignore lint/nursery/noMisusedPromises: with its flow control it waits for what this gives
  service.on('data', (lsn: string, change: Pgoutput.Message) => {
    if (ended) return
    if (change.tag === 'commit') commits.push({ lsn, rows: read })
    if (change.tag !== 'insert') return
    waiting.push(messageOf(change.new as unknown as Row))
    read += 1
    if (sending && waiting.length >= BATCH) return sending // which holds the log back
    sendWhatWaits()
  })
  failed.promise.catch(() => {}) // also when nobody drains

  return {
    async drain(slotMs: number): Promise<Drained> {
      const begun = performance.now()
      service.subscribe(new PgoutputPlugin({ protoVersion: 1, publicationNames: [LOG] }), LOG).catch(failed.reject)
      await Promise.race([all.promise, wait(slotMs), failed.promise])
      ended = true
      await Promise.race([sending, failed.promise]) // what is in flight counts, with the time it took
      return { done, elapsedMs: performance.now() - begun }
    },
    end: () => stop(service),
  }
}

const messageOf = ({ key, payload, headers }: Row): Message => ({ key, value: payload, headers, partition: partitionFor(key, PARTITIONS) })

/** It may be holding its socket back, and would then never hear that the server has gone. */
async function stop(service: LogicalReplicationService) {
  const { _connection } = service as unknown as { _connection: { stream: Socket } | null }
  const stopped = service.destroy()
  _connection?.stream.resume()
  await stopped
}

let producer: Producer | undefined
let relay: ReturnType<typeof createLogRelay> | undefined

serve({
  async prepare({ url, brokers, rows }: FullOutbox) {
    producer ??= await connectBareKafkaJs(brokers)
    relay = createLogRelay(url, producer, rows)
  },
  drain: (slotMs: number) => relay!.drain(slotMs),
  end: () => relay?.end(),
})
