import { randomUUID } from 'node:crypto'
import { setTimeout as elapse } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { catalogue, encode, PARTITIONS, partitionFor } from '@quadrille/contracts'
import { createKafkaJs, type Kafka } from '@quadrille/messaging'
import { createProxy, type RunningProcess, type TcpProxy, type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { Client } from 'pg'
import { createLog } from '../src/logging.ts'
import { startServiceProcess } from './service-process.ts'

jest.setTimeout(120_000)
const WATCHDOG_MS = 4_000
const { OrderPlaced } = catalogue.orders

const processes: RunningProcess[] = []
let database: TestDatabase
let kafka: Kafka
let proxy: TcpProxy
let admin: Client

beforeAll(async () => {
  database = await testDatabase(async () => {}, 'kit_progress')
  const { hostname: host, port } = new URL(database.url)
  proxy = await createProxy({ host, port: Number(port) })
  const brokers = process.env.TEST_KAFKA_BROKERS!.split(',')
  kafka = createKafkaJs({ brokers, clientId: 'progress-test', log: createLog({ service: 'test', level: 'silent' }) })
  admin = new Client({ connectionString: database.url })
  await admin.connect()
})
afterEach(() => Promise.all(processes.splice(0).map((process) => process.stop())).then(() => undefined))
afterAll(async () => {
  await kafka.disconnect()
  await admin.end()
  await proxy.close()
  await database.drop()
})

/** A service process that has joined its group; its database is reached through the proxy. */
async function running() {
  const url = Object.assign(new URL(database.url), { hostname: proxy.address.host, port: String(proxy.address.port) })
  const started = startServiceProcess('./wedge-main.ts', { DATABASE_URL: url.href, WATCHDOG_MS: String(WATCHDOG_MS) })
  processes.push(started)
  await started.ready
  const isReady = async () => (await fetch(`${started.url()}/readyz`)).status === 200
  return { ...started, isReady }
}

async function joined() {
  const service = await running()
  await waitFor(service.isReady, { deadline: 60_000, what: 'readiness', diagnose: service.tail })
  return service
}

/** Places an order, as the service `orders` would. */
async function place(orderId = randomUUID()): Promise<string> {
  const stamp = { id: randomUUID(), time: new Date().toISOString(), correlationId: orderId, sequence: 1, traceparent: '' }
  const { key, value, headers } = encode(OrderPlaced, { ...OrderPlaced.example, orderId }, stamp)
  const producer = await kafka.connectProducer()
  await producer.send([{ topic: 'orders.v1', partition: partitionFor(key, PARTITIONS), key, value, headers }])
  await producer.disconnect()
  return orderId
}

const timesSeen = async (orderId: string) => (await admin.query('select times from seen where order_id = $1', [orderId])).rows[0]?.times
const handled = (orderId: string, { tail }: RunningProcess) =>
  waitFor(async () => (await timesSeen(orderId)) === 1, { deadline: 60_000, what: 'the order to be handled', diagnose: tail })

/** Its last lines arrive a moment after its end. */
const says = ({ logged }: Awaited<ReturnType<typeof running>>, words: RegExp) =>
  waitFor(() => logged().some(({ msg }) => words.test(String(msg))), { what: String(words), diagnose: () => logged().slice(-5) })

describe('a service process, when a set never ends', () => {
  it('says so, ends with code 1, and the process after it does the work, once', async () => {
    const wedged = await joined()
    const orderId = randomUUID()
    await admin.query('insert into wedges values ($1)', [orderId])
    await place(orderId)
    expect(await wedged.exited).toEqual({ code: 1, signal: null })
    await says(wedged, /work stands still/)
    await says(wedged, /stood still for 4000 ms while database and broker answered/)
    await admin.query('truncate wedges')
    await handled(orderId, await running())
  })
})

describe('a service process, when its database is away for much longer than work may stand still', () => {
  it('waits, and goes on', async () => {
    const service = await joined()
    await handled(await place(), service)
    proxy.become({ up: { cut: true }, down: { cut: true } })
    const orderId = await place()
    await elapse(4 * WATCHDOG_MS)
    expect(service.exit()).toBeUndefined()
    expect(await service.isReady()).toBe(false)
    proxy.become({})
    await handled(orderId, service)
    expect(service.exit()).toBeUndefined()
  })
})

describe('a service process, when PostgreSQL takes a right from it', () => {
  // What a set does, what the relay does, what the effects' runner does.
  it.each(['insert on processed_events', 'update on outbox_lease', 'update on effects'])(
    'ends with code 1 without "%s", and goes on once it has it again',
    async (right) => {
      const service = await joined()
      await admin.query(`revoke ${right} from current_user`)
      const orderId = await place()
      expect(await service.exited).toEqual({ code: 1, signal: null })
      await says(service, /^permission denied for table/)
      await admin.query(`grant ${right} to current_user`)
      await handled(orderId, await running())
    },
  )
})
