import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createRuntime, type Definition, ignore, type ReplayingKafka } from '@quadrille/messaging'
import { type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { z } from 'zod'
import { commonConfig, readConfig } from '../src/config.ts'
import { createService, type Service } from '../src/service.ts'

let database: TestDatabase
let service: Service<unknown>

const definition: Definition = {
  ...{ name: 'email', initial: () => ({}), emits: [], consumes: { orders: { OrderPlaced: ignore } } },
  store: { load: async () => new Map(), save: async () => {} },
  waitsFor: () => ['waits for spring'],
}
const away = () => Promise.reject(new Error('no broker'))
const noKafka = { connectProducer: away, consume: away, createTopics: away, topicOffsets: away, disconnect: async () => {} }

/** A whole service with its runtime, on a database of its own; Kafka is away, and operators work all the same. */
beforeAll(async () => {
  database = await testDatabase(async () => {}, 'kit_operators')
  const schema = z.object(commonConfig({ service: 'email', port: 0 }))
  const config = readConfig(schema, {
    DATABASE_URL: database.url,
    OPS_TOKEN: 'open-sesame',
    OPS_READ_TOKEN: 'only-a-look',
    LOG_LEVEL: 'silent',
    PORT: '0',
  })
  const fail = (error: unknown) => {
    throw error
  }
  service = await createService(
    { service: definition, config },
    { createRuntime, createKafka: () => noKafka as unknown as ReplayingKafka, onFatal: fail },
  )
  await service.start()
})
afterAll(async () => {
  await service.close()
  await database.drop()
})

const ask = async (method: 'GET' | 'POST', path: string, payload?: object, token = 'open-sesame') => {
  const headers = { authorization: `Bearer ${token}`, 'x-operator': 'ada' }
  const answer = await service.app.inject({ method, url: `/admin${path}`, payload, headers })
  return { status: answer.statusCode, body: answer.json() }
}

const ORPHAN = `
  insert into parked_events (consumer, event_id, topic, partition, "offset", raw_value, raw_headers, origin, code, error, attempts)
  values ('email', $1, 'orders.v1', 0, 7, 'x', '[]', 'event', 'UNDECODABLE', 'no ce_id', 1)`

describe('a service, when operators work on it', () => {
  it('discards in the background, and writes down who did what, why, and how it ended', async () => {
    await service.query(ORPHAN, ['orders.v1/0/7'])
    const request = { kind: 'discard', select: { all: true }, reason: 'planted' }
    expect(await ask('POST', '/tasks', { ...request, dryRun: true })).toMatchObject({ status: 200, body: { would: 1, orders: 0 } })
    const { status, body } = await ask('POST', '/tasks', request)
    expect({ status, body }).toMatchObject({ status: 202, body: { total: 1, startedBy: 'ada' } })
    await waitFor(async () => (await ask('GET', `/tasks/${body.id}`)).body.status === 'done', { what: 'the task' })
    expect((await ask('GET', '/dead-letters')).body).toMatchObject([{ status: 'discarded', endedReason: 'planted' }])
    expect((await ask('GET', '/dead-letters/summary')).body).toEqual([])
    expect((await ask('GET', '/audit')).body).toMatchObject([
      { operator: 'ada', action: 'task ended', outcome: 'done', target: { task: body.id, kind: 'discard' }, ip: null },
      { operator: 'ada', action: 'POST /admin/tasks', outcome: 'done', status: 202, reason: 'planted', request: { kind: 'discard' } },
    ])
  })

  it('shows what it has of an order, and says so where it has nothing', async () => {
    const [known, unknown] = [randomUUID(), randomUUID()]
    await service.query('insert into streams (order_id, sequence) values ($1, 3)', [known])
    expect((await ask('GET', `/orders/${known}`)).body).toMatchObject({ known: true, sequence: 3, waits: ['waits for spring'] })
    expect((await ask('GET', `/orders/${unknown}`)).body).toMatchObject({
      ...{ known: false, sequence: 0, waits: ['email has not heard of this order'] },
    })
  })

  it('keeps its pause while Kafka is away, and shows it', async () => {
    expect((await ask('POST', '/consumer/pause', { reason: 'a look' })).body).toMatchObject({
      ...{ joined: false, paused: { reason: 'a look', by: 'ada' } },
    })
    expect((await service.app.inject('/readyz?verbose')).json()).toMatchObject({ kafka: { joined: false, paused: 'a look' } })
    expect(await service.app.inject('/metrics')).toMatchObject({ body: expect.stringMatching(/^consumer_paused(\{.*\})? 1$/m) })
    expect((await ask('POST', '/consumer/resume')).body).toMatchObject({ paused: null })
  })

  it('lets whoever may only look do no more, and writes the attempt down', async () => {
    expect((await ask('GET', '/consumer', undefined, 'only-a-look')).status).toBe(200)
    expect((await ask('POST', '/consumer/pause', { reason: 'a look' }, 'only-a-look')).body).toMatchObject({
      status: 403,
      code: 'read-only',
    })
    expect((await ask('GET', '/consumer')).body).toMatchObject({ paused: null })
    expect((await ask('GET', '/audit?limit=1')).body).toMatchObject([{ outcome: 'refused', status: 403, reason: 'a look' }])
  })

  it('lets nobody else in, and keeps no row of it', async () => {
    const before = (await ask('GET', '/audit')).body.length
    expect(await ask('POST', '/effects/retry', { key: 'mail:1' }, 'guessed')).toMatchObject({ status: 401 })
    expect((await ask('GET', '/audit', undefined, 'guessed')).status).toBe(401)
    expect((await ask('GET', '/audit')).body).toHaveLength(before)
  })
})
