import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createKafkaJs, type Producer } from '@quadrille/messaging'
import { batchesOf, makeRows, recordOf } from '../records.ts'
import { serve } from '../worker.ts'

/** Work that a client does with nothing around it: how many, and what it cost this process. */
export interface Done {
  readonly count: number
  readonly cpuMs: number
}

const BATCH = 500
const kafka = (brokers: string[]) => createKafkaJs({ brokers, clientId: 'bare', log: { debug: () => {} } })
const batches = [...batchesOf(makeRows({ count: 10 * BATCH }), BATCH)].map((rows) => rows.map(recordOf))

let producer: Producer | undefined

async function costOf(work: () => Promise<number>): Promise<Done> {
  const before = process.cpuUsage()
  const count = await work()
  const { user, system } = process.cpuUsage(before)
  return { count, cpuMs: (user + system) / 1_000 }
}

/** Sends records until the time is over. */
const produce = ({ topic, ms }: { topic: string; ms: number }) =>
  costOf(async () => {
    const end = performance.now() + ms
    let count = 0
    for (let turn = 0; performance.now() < end; turn++) {
      await producer!.send(batches[turn % batches.length]!.map((record) => ({ ...record, topic })))
      count += BATCH
    }
    return count
  })

/** Reads so many records of a topic, as a member of a group. */
const consume = ({ brokers, topic, count }: { brokers: string[]; topic: string; count: number }) =>
  costOf(async () => {
    const all = Promise.withResolvers<void>()
    let read = 0
    const consumption = await kafka(brokers).consume({
      groupId: `bare-${process.pid}-${performance.now()}`,
      topics: [topic],
      async deliver({ messages }) {
        read += messages.length
        if (read >= count) all.resolve()
        return true
      },
      onAssigned: () => {},
      onCrash: (error) => all.reject(error),
    })
    await all.promise
    await consumption.stop()
    return read
  })

const listen = () =>
  new Promise<string>((resolve) => {
    const server = createServer((asked, answer) => {
      const parts: Buffer[] = []
      asked.on('data', (part) => parts.push(part))
      asked.on('end', () =>
        answer.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(JSON.parse(String(Buffer.concat(parts))))),
      )
    }).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

const agent = new Agent({ keepAlive: true, noDelay: true, maxSockets: 32 })
const payload = JSON.stringify({
  customer: { id: 'c-1', email: 'ada.1@example.com' },
  items: [{ sku: 'mug-blue', quantity: 2 }],
  paymentToken: 'tok_ok',
})

const post = (url: string) =>
  new Promise<void>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': payload.length }
    request(url, { method: 'POST', agent, headers }, (answer) => answer.resume().on('end', resolve))
      .on('error', reject)
      .end(payload)
  })

const ask = ({ url, ms }: { url: string; ms: number }) =>
  costOf(async () => {
    const end = performance.now() + ms
    let count = 0
    const lane = async () => {
      for (; performance.now() < end; count++) await post(url)
    }
    await Promise.all(Array.from({ length: 32 }, lane))
    return count
  })

const mark = process.cpuUsage()

serve({
  connect: async (brokers: string[]) => {
    producer ??= await kafka(brokers).connectProducer()
  },
  produce,
  consume,
  listen,
  ask,
  /** What this process has used since it began. */
  used: () => {
    const { user, system } = process.cpuUsage(mark)
    return (user + system) / 1_000
  },
})
