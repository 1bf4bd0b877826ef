import { setTimeout as wait } from 'node:timers/promises'
import { PARTITIONS, partitionFor } from '@quadrille/contracts'
import { waitFor } from '@quadrille/testing'
import type { Message, Producer } from 'kafkajs'
import { Pool } from 'pg'
import {
  createReplicationSegmentMutexConcurrencyController,
  getDisabledLogger,
  initializeReplicationMessageListener,
  type StoredTransactionalMessage,
  type TransactionalMessage,
} from 'pg-transactional-outbox'
import { serve } from '../worker.ts'
import { connectBareKafkaJs } from './bare-kafkajs.ts'
import type { Drained, FullOutbox } from './relay-worker.ts'
import { LOG } from './side.ts'

/** Messages at once, each with a transaction of its own. */
const AT_ONCE = 50

/** Connected before the clock runs. */
async function openPool(url: string): Promise<Pool> {
  const pool = new Pool({ connectionString: url, max: AT_ONCE, idleTimeoutMillis: 0 })
  pool.on('error', () => {})
  const clients = await Promise.all(Array.from({ length: AT_ONCE }, () => pool.connect()))
  for (const client of clients) client.release()
  return pool
}

/** npm pg-transactional-outbox: its replication listener, since each poll of the other one sorts all that waits. */
function listen({ url, rows }: FullOutbox, pool: Pool, producer: Producer) {
  const table = { dbSchema: 'theirs', dbTable: 'outbox', dbPublication: LOG, dbReplicationSlot: LOG }
  const protections = { enableMaxAttemptsProtection: false, enablePoisonousMessageProtection: false } // as it advises for an outbox
  const gate = createGate(rows)
  const send = createSender(producer)
  const [shutdown] = initializeReplicationMessageListener(
    { outboxOrInbox: 'outbox', dbListenerConfig: { connectionString: url }, settings: { ...table, ...protections } },
    { handle: (message) => send(messageOf(message)) },
    getDisabledLogger(),
    {
      concurrencyStrategy: gate,
      messageProcessingDbClientStrategy: { getClient: () => pool.connect(), shutdown: () => pool.end() },
    },
  )
  return {
    gate,
    async stop() {
      gate.close()
      await waitFor(() => gate.inside() === 0, { deadline: 30_000, what: 'the messages that were begun' })
      await shutdown()
      gate.cancel() // the library keeps its segments in a map of the module, and the next slot has the same orders
    },
  }
}

/** In order for each order, which is its controller for segments, and no more at once than there are connections. */
function createGate(rows: number) {
  const segments = createReplicationSegmentMutexConcurrencyController()
  const all = Promise.withResolvers<void>()
  const queue: (() => void)[] = []
  let [inside, done, closed] = [0, 0, false]
  const enter = () => {
    if (closed || inside >= AT_ONCE) return new Promise<void>((resolve) => queue.push(resolve))
    inside += 1
    return undefined
  }
  return {
    async acquire(message: TransactionalMessage) {
      const leaveSegment = await segments.acquire(message)
      await enter()
      return () => {
        done += 1
        leaveSegment()
        const next = closed ? undefined : queue.shift()
        if (next) next()
        else inside -= 1
        if (done >= rows) all.resolve()
      }
    },
    cancel: () => segments.cancel(),
    close: () => {
      closed = true
    },
    inside: () => inside,
    done: () => done,
    all: all.promise,
  }
}

/** What others hand in while a request is on its way goes into the next one together: kafkajs itself sends each on its own. */
function createSender(producer: Producer) {
  let waiting: Message[] = []
  let sending: Promise<unknown> | undefined
  let next: Promise<void> | undefined
  const flush = async () => {
    await sending
    const messages = waiting
    waiting = []
    next = undefined
    sending = producer.send({ topic: 'orders.v1', acks: -1, messages })
    await sending
  }
  return (message: Message): Promise<void> => {
    waiting.push(message)
    next ??= flush()
    return next
  }
}

const messageOf = ({ aggregateId, payload, metadata }: StoredTransactionalMessage): Message => ({
  key: aggregateId,
  value: JSON.stringify(payload),
  headers: metadata as Record<string, string>,
  partition: partitionFor(aggregateId, PARTITIONS),
})

let producer: Producer | undefined
let [outbox, pool, listener]: [FullOutbox?, Pool?, ReturnType<typeof listen>?] = []

serve({
  async prepare(full: FullOutbox) {
    producer ??= await connectBareKafkaJs(full.brokers)
    outbox = full
    pool = await openPool(full.url)
  },
  async drain(slotMs: number): Promise<Drained> {
    const begun = performance.now()
    listener = listen(outbox!, pool!, producer!)
    await Promise.race([listener.gate.all, wait(slotMs)])
    return { done: listener.gate.done(), elapsedMs: performance.now() - begun }
  },
  end: () => listener?.stop(),
})
