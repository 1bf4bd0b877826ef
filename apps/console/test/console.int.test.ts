import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { topics } from '@quadrille/contracts'
import { createKafkaJs, type Kafka } from '@quadrille/messaging'
import { freePort, startProcess, waitFor } from '@quadrille/testing'
import { createConsole } from '../src/app.ts'
import type { LagJson } from '../src/lag-json.ts'
import { createOwners } from '../src/owners.ts'
import { createLagReader } from '../src/reader.ts'

const brokers = process.env.TEST_KAFKA_BROKERS!.split(',')
const log = { debug: () => undefined }

jest.setTimeout(60_000)

describe('the console, on real Kafka', () => {
  const kafka = createKafkaJs({ brokers, clientId: 'console-test', log })
  const owners = createOwners(brokers, 'console-test')
  const reader = createLagReader({ kafka, owners: owners.of, everyMs: 50 })
  const app = createConsole(reader)

  beforeAll(async () => {
    await kafka.createTopics(topics)
    await kafka.deleteGroup('payments').catch(() => undefined) // another test may have read as payments on this broker
    reader.start()
  })
  afterAll(async () => {
    await reader.stop()
    await owners.disconnect()
    await kafka.disconnect()
  })

  const sample = async (metric: string) => {
    const { body } = await app.inject('/metrics')
    const line = body.split('\n').find((one) => one.startsWith(`${metric} `))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }
  const lag = () => sample('kafka_consumergroup_lag{consumergroup="payments",topic="orders.v1",partition="3"}')
  const seconds = () => sample('kafka_consumergroup_lag_seconds{consumergroup="payments",topic="orders.v1",partition="3"}')
  const members = () => sample('kafka_consumergroup_members{consumergroup="payments"}')
  const member = async () => {
    const { groups } = (await app.inject('/api/lag')).json() as LagJson
    const topic = groups.find(({ group }) => group === 'payments')?.topics.find((one) => one.topic === 'orders.v1')
    return topic?.partitions.find(({ partition }) => partition === 3)?.member
  }
  const soon = (what: string, condition: () => Promise<boolean>) =>
    waitFor(condition, { what, deadline: 20_000, diagnose: () => reader.view() })

  it('sees who reads a partition, and the lag grow after its death', async () => {
    await soon('no committed offset yet', async () => (await lag()) === -1)
    await write(kafka, 3)
    const consumer = await readAndCommit(kafka)
    await soon('a member without lag', async () => (await members()) === 1 && (await lag()) === 0)
    await soon('the name of that member', async () => typeof (await member()) === 'object')
    expect(await member()).toEqual({ id: expect.stringMatching(/^console-test-[0-9a-f]{8}$/), host: expect.stringMatching(/\d|localhost/) })

    await consumer.stop()
    await write(kafka, 4)
    await soon('nobody who reads', async () => (await member()) === 'nobody reads this partition')
    await soon('nobody reading, 4 records behind', async () => (await members()) === 0 && (await lag()) === 4)
    await soon('a wait that grows', async () => (await seconds())! > 0.2)
    expect(await sample('kafka_topic_partitions{topic="orders.v1"}')).toBe(12)
  })
})

async function write(kafka: Kafka, records: number) {
  const producer = await kafka.connectProducer()
  const record = (n: number) => ({ topic: 'orders.v1', partition: 3, key: 'not an order', value: `${n}`, headers: {} })
  await producer.send(Array.from({ length: records }, (_, n) => record(n)))
  await producer.disconnect()
}

/** A member of the group `payments` that commits whatever it is given. */
async function readAndCommit(kafka: Kafka) {
  const consumption = await kafka.consume({
    groupId: 'payments',
    topics: ['orders.v1'],
    async deliver({ topic, partition, messages }) {
      await consumption.commit([{ topic, partition, offset: String(BigInt(messages.at(-1)!.offset) + 1n) }])
      return true
    },
    onAssigned: () => undefined,
    onCrash: () => undefined,
  })
  return consumption
}

describe('the console, as a process without Kafka', () => {
  const start = (port: number) =>
    startProcess({
      name: 'console',
      command: process.execPath,
      args: [join(import.meta.dirname, '../src/main.ts')],
      env: {
        PORT: String(port),
        KAFKA_BROKERS: '127.0.0.1:1',
        DATABASE_URL: 'postgres://nobody:nobody@127.0.0.1:1/nowhere',
        LAG_POLL_MS: '50',
        LOG_LEVEL: 'info',
      },
      ready: (line) => line.includes('Server listening'),
    })

  it('answers, says that nothing is known, names a taken port, and stops when told to', async () => {
    const port = await freePort()
    const console = start(port)
    await console.ready
    await waitFor(() => console.tail().includes(`the console: http://localhost:${port}`))
    const told = async () => (await (await fetch(`http://127.0.0.1:${port}/api/lag`)).json()) as { failure: string | null }
    await waitFor(async () => (await told()).failure !== null)
    expect(await told()).toMatchObject({ stale: true, at: null, groups: [] })
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)

    const second = start(port)
    expect(await second.exited).toMatchObject({ code: 1 })
    expect(second.tail()).toContain(`port ${port} is taken: set PORT to another one`)
    expect(await console.stop()).toEqual({ code: 0, signal: null })
  })
})
