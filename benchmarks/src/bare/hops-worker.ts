import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createKafkaJs, type Message, type OutgoingRecord, type Producer } from '@quadrille/messaging'
import { Pool } from 'pg'
import { monotonicMs } from '../load/clock.ts'
import { openLoop, type Start } from '../load/open-loop.ts'
import { serve } from '../worker.ts'

/** What one stage of a relay race is told: where records come from, and where they go; the last one tells how long each took. */
export interface Stage {
  readonly brokers: string[]
  readonly from?: string
  readonly to?: string
}

export interface Pace {
  readonly rate: number
  readonly seconds: number
  readonly seed: number
}

const PARTITIONS = 12
let samples: number[] = []
let producer: Producer | undefined
let turn = 0

const recordTo = (topic: string, value: string): OutgoingRecord => ({
  topic,
  partition: turn++ % PARTITIONS,
  key: null,
  value,
  headers: {},
})

/** Hands on what arrives, as soon as it arrives; the value is the moment it was meant to begin, on a clock that all processes share. */
async function stand({ brokers, from, to }: Stage): Promise<void> {
  const kafka = createKafkaJs({ brokers, clientId: 'bare', log: { debug: () => {} } })
  if (to) producer = await kafka.connectProducer()
  if (!from) return
  const joined = Promise.withResolvers<void>()
  const finish = (messages: readonly Message[]) => {
    const now = monotonicMs()
    for (const { value } of messages) samples.push(now - Number.parseFloat(String(value)))
  }
  await kafka.consume({
    groupId: `bare-${from}-${process.pid}`,
    topics: [from],
    async deliver({ messages }) {
      if (to) await producer!.send(messages.map(({ value }) => recordTo(to, String(value))))
      else finish(messages)
      return true
    },
    onAssigned: () => joined.resolve(),
    onCrash: (error) => joined.reject(error),
  })
  await joined.promise
}

/** Asked over HTTP; where there is a next stage it answers when its record is acknowledged. */
async function listen({ brokers, to }: Stage): Promise<string> {
  if (to) await stand({ brokers, to })
  const server = createServer((asked, answer) => {
    const parts: Buffer[] = []
    asked.on('data', (part) => parts.push(part))
    asked.on('end', async () => {
      if (to) await producer!.send([recordTo(to, String(Buffer.concat(parts)))])
      answer.writeHead(201).end('{}')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const agent = new Agent({ keepAlive: true, noDelay: true })

function post(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': body.length }
    request(url, { method: 'POST', agent, headers }, (answer) => answer.resume().on('end', resolve))
      .on('error', reject)
      .end(body)
  })
}

const toMonotonic = () => monotonicMs() - performance.now()

/** Asks at each moment, and tells how long each answer took from the moment it was meant to be asked, and how late each began. */
async function ask({ url, ...pace }: Pace & { url: string }) {
  const [took, late, offset]: [number[], number[], number] = [[], [], toMonotonic()]
  await openLoop(pace, async ({ intended, begun }: Start) => {
    late.push(begun - intended)
    await post(url, `${(intended + offset).toFixed(4)}`.padEnd(400))
    took.push(performance.now() - intended)
  })
  return { took, late }
}

/** One record at a time, straight to the last stage. */
async function send({ to, ...pace }: Pace & { to: string }) {
  const offset = toMonotonic()
  let sent = 0
  await openLoop(pace, ({ intended }: Start) => {
    sent += 1
    return producer!.send([recordTo(to, `${(intended + offset).toFixed(4)}`.padEnd(400))])
  })
  return sent
}

/** One small row a commit, one commit at a time. */
async function commit({ url, ...pace }: Pace & { url: string }) {
  const took: number[] = []
  const client = new Pool({ connectionString: url, max: 1 }) // whoever comes meanwhile waits
  await client.query('create table if not exists bare (id bigint generated always as identity primary key, text text not null)')
  await openLoop(pace, async ({ intended }: Start) => {
    await client.query({ name: 'bare', text: 'insert into bare (text) values ($1)', values: ['x'.repeat(400)] })
    took.push(performance.now() - intended)
  })
  await client.end()
  return took
}

serve({
  stand,
  listen,
  ask,
  send,
  commit,
  /** How long each took that has arrived, once. */
  arrived() {
    const told = samples
    samples = []
    return told
  },
})
