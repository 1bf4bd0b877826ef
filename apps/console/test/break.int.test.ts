import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { topics } from '@quadrille/contracts'
import { createKafkaJs } from '@quadrille/messaging'
import { createLog, migrate } from '@quadrille/service-kit'
import { freePort, type RunningProcess, startProcess, type TestDatabase, testDatabase, waitFor, withClient } from '@quadrille/testing'
import type { BreakState } from '../src/api-types.ts'

jest.setTimeout(60_000)

const brokers = process.env.TEST_KAFKA_BROKERS!
const migrations = new URL('../src/migrations/', import.meta.url)
const headers = { authorization: 'Bearer right-token', 'content-type': 'application/json' }

/** Every service, and the payment provider; each has one dead letter, of whatever key it is asked for. */
const asked: string[] = []
const everybody = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    if (request.method !== 'GET') asked.push(`${request.method} ${request.url} ${body}`)
    if (request.url!.includes('orderId=')) asked.push(`GET ${request.url}`)
    response.writeHead(200, { 'content-type': 'application/json' }).end(request.url!.includes('orderId=') ? '[{"id":"7"}]' : '{}')
  })
})

describe('what is broken on purpose by a console that is killed', () => {
  let database: TestDatabase
  let port: number
  const lives: RunningProcess[] = []

  beforeAll(async () => {
    const log = createLog({ service: 'console', level: 'silent' })
    const kafka = createKafkaJs({ brokers: brokers.split(','), clientId: 'break-test', log })
    await kafka.createTopics(topics).finally(() => kafka.disconnect())
    database = await testDatabase(async (url) => void (await migrate(url, migrations, { readsOnly: true })), 'console')
    await new Promise<void>((listening) => everybody.listen(0, '127.0.0.1', listening))
    port = await freePort()
  })
  afterAll(async () => {
    await Promise.all(lives.map((life) => life.stop()))
    everybody.closeAllConnections()
    everybody.close()
    await database?.drop()
  })

  async function start(): Promise<RunningProcess> {
    const url = `http://127.0.0.1:${(everybody.address() as AddressInfo).port}`
    const services = Object.fromEntries(['ORDERS', 'PAYMENTS', 'WAREHOUSE', 'LOYALTY', 'EMAIL'].map((name) => [`${name}_URL`, url]))
    const env = {
      ...{ PORT: String(port), KAFKA_BROKERS: brokers, DATABASE_URL: database.url, OPS_TOKEN: 'right-token' },
      ...{ BREAK_IT: 'true', PSP_URL: url, MAIL_URL: url, LOG_LEVEL: 'error', ...services },
    }
    const life = startProcess({ name: 'console', command: process.execPath, args: [join(import.meta.dirname, '../src/main.ts')], env })
    lives.push(life)
    await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, { deadline: 30_000, diagnose: life.tail })
    return life
  }
  const api = (path: string, body?: object) =>
    fetch(`http://127.0.0.1:${port}/api/break${path}`, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) })
  const standing = async () => ((await (await api('')).json()) as BreakState).standing
  const begun = (fault: string, body: object) => waitFor(async () => (await api(`/${fault}`, body)).ok, { deadline: 20_000 })

  it('is undone by its next life when its time is over, poison as well, and is seen until then', async () => {
    const first = await start()
    await begun('poison', { target: 'payments' })
    await begun('psp-down', { seconds: 3 })
    first.kill('SIGKILL')
    await first.exited
    expect(asked).toEqual(['PUT /switch {"down":true}'])

    const second = await start()
    await waitFor(() => asked.includes('PUT /switch {"down":false}'), { deadline: 10_000, diagnose: second.tail })
    await waitFor(async () => (await standing()).length === 1, { diagnose: standing })
    const [left] = await standing()
    expect(left).toMatchObject({ fault: 'poison', target: 'payments', by: 'unnamed', failure: null })
    expect(left!.secondsLeft).toBeLessThan(120)

    await api('/poison/undo', { target: 'payments' })
    const letters = asked.filter((one) => one.includes('dead-letters'))
    expect(letters).toHaveLength(8) // looked for and discarded, at each of the four readers
    expect(new Set(letters.map((one) => /orderId=(.*)$/.exec(one)?.[1]).filter(Boolean)).size).toBe(1)
    expect(await standing()).toEqual([])
    const kept = await withClient(database.url, (client) => client.query('select from broken'))
    expect(kept.rowCount).toBe(0)
  })
})
