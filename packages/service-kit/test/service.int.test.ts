import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { topics } from '@quadrille/contracts'
import { type Definition, ignore } from '@quadrille/messaging'
import { type TestDatabase, testDatabase, waitFor } from '@quadrille/testing'
import { z } from 'zod'
import { type CommonConfig, commonConfig, readConfig } from '../src/config.ts'
import { createService, type Routes, type ServiceOptions } from '../src/service.ts'
import { fakeParts, fakeRuntime } from './fakes.ts'

const orderId = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
const schema = z.object(commonConfig({ service: 'sample', port: 0 }))

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase(async () => {}, 'kit_service')
})
afterAll(() => database.drop())

const routes: Routes = (app, { query, submit }, ops) => {
  app.get('/tea', () => query('select name from tea'))
  app.post('/orders', { schema: { body: z.strictObject({ orderId: z.string() }) } }, ({ body }) => submit('place', body))
  app.post('/admin/tea', { onRequest: ops }, () => ({ poured: true }))
}

const definition: Definition & { serves: Routes } = {
  ...{ name: 'sample', initial: () => ({}), emits: [], consumes: { orders: { OrderPlaced: ignore } }, serves: routes },
  store: { load: async () => new Map(), save: async () => {} },
}

interface Sample extends Partial<ServiceOptions<unknown, unknown, CommonConfig>> {
  runtime?: ReturnType<typeof fakeRuntime>
  env?: Record<string, string>
}

async function sample({ env, runtime = fakeRuntime(), ...more }: Sample = {}) {
  const config = readConfig(schema, { DATABASE_URL: database.url, OPS_TOKEN: 'open-sesame', LOG_LEVEL: 'silent', ...env })
  const created: string[] = []
  const { parts } = fakeParts(runtime.runtime, async (asked) => void created.push(...asked.map(({ name }) => name)))
  const options = { service: definition, config, migrations: new URL('./migrations/', import.meta.url), ...more }
  return { ...(await createService(options, parts)), ...runtime, created }
}

const post = (url: string, more: Record<string, string> = {}) =>
  fetch(`${url}/orders`, { method: 'POST', headers: { 'content-type': 'application/json', ...more }, body: JSON.stringify({ orderId }) })

describe('a service, when it starts', () => {
  it('migrates, prepares, asks for its topics, starts its runtime and serves', async () => {
    const { start, close, asked, created } = await sample({ prepare: ({ query }) => query(`insert into tea values ('assam', 250)`) })
    const url = await start()
    expect(asked).toEqual(['start'])
    expect(created).toEqual(topics.map(({ name }) => name))
    expect(await (await fetch(`${url}/tea`)).json()).toEqual([{ name: 'assam' }])
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('db_client_connection_count')
    expect((await fetch(`${url}/admin/tea`, { method: 'POST' })).status).toBe(401)
    await close()
  })

  it('names the variable when its port is taken, and stops what it had started', async () => {
    const first = await sample()
    const PORT = new URL(await first.start()).port
    const second = await sample({ env: { PORT } })
    await expect(second.start()).rejects.toThrow(`port ${PORT} is taken: set PORT to another one, or stop what listens there`)
    expect(second.asked).toEqual(['start', 'stop'])
    await first.close()
  })

  it('hands commands on with the trace of the request', async () => {
    const { start, close, asked } = await sample()
    const url = await start()
    await post(url, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
    const cause = { traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-/) }
    expect(asked).toContainEqual({ name: 'place', command: { orderId }, cause })
    await close()
  })
})

describe('a service, when asked whether it is ready', () => {
  it('wants its group, progress, and room in its outbox', async () => {
    const { start, close, state, app } = await sample()
    await start()
    expect((await app.inject('/readyz')).json().checks).toEqual({
      database: true,
      migrations: true,
      progress: true,
      backlog: true,
      group: true,
    })
    state.joined = false
    state.progressing = false
    state.backlog = { unsent: 2_000_001, oldestAgeMs: 0, parked: 0 }
    expect((await app.inject('/readyz')).json()).toMatchObject({ status: 503, detail: 'not ok: progress, backlog, group' })
    await close()
  })

  it('takes orders also while Kafka is down, where that is its promise', async () => {
    const { start, close, state, app } = await sample({ readyNeedsGroup: false })
    await start()
    state.joined = false
    expect((await app.inject('/readyz')).json()).toEqual({
      status: 'ready',
      checks: { database: true, migrations: true, progress: true, backlog: true },
    })
    await close()
  })
})

describe('a service, when it stops', () => {
  it('refuses new requests, lets the one under way finish, then drains the runtime, and only once', async () => {
    const order: string[] = []
    const runtime = fakeRuntime({ onStop: async () => void order.push('runtime stopped') })
    const [arrived, decided] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown>()]
    runtime.runtime.submit = () => {
      arrived.resolve()
      return decided.promise
    }
    const { start, close, app } = await sample({ runtime })
    app.addHook('onResponse', async (_request, { statusCode }) => void order.push(`answered ${statusCode}`))
    const url = await start()
    const answer = post(url)
    await arrived.promise
    const closing = Promise.all([close(), close()])
    await waitFor(() => !app.server.listening, { what: 'the port to close' })
    decided.resolve('placed')
    expect((await answer).status).toBe(200)
    await closing
    expect(order).toEqual(['answered 200', 'runtime stopped'])
    await expect(fetch(`${url}/tea`)).rejects.toThrow()
  })

  it('ends although the runtime fails to, and says so', async () => {
    const { start, close } = await sample({ runtime: fakeRuntime({ onStop: async () => Promise.reject(new Error('no broker')) }) })
    await start()
    await expect(close()).rejects.toMatchObject({ errors: [{ message: 'stopping runtime failed: no broker' }] })
  })
})
