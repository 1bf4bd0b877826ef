import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { serveProxy } from '../src/api/proxy.ts'
import { createConsole } from '../src/app.ts'
import type { Addresses } from '../src/pulse/ask.ts'

let heard: { method?: string; url?: string; token?: string; operator?: unknown; body: string }[] = []
const service = createServer(async (request, response) => {
  const { method, url, headers } = request
  heard.push({ method, url, token: headers.authorization, operator: headers['x-operator'], body: await text(request) })
  response.writeHead(409, { 'content-type': 'application/problem+json', 'x-inner': 'not passed' }).end('{"title":"already"}')
})
const app = createConsole({ view: () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined }) })

beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const nobody = 'http://127.0.0.1:1'
  serveProxy(app, { orders: url, payments: url, warehouse: nobody, loyalty: url, email: url } satisfies Addresses)
  await app.ready()
})
beforeEach(() => {
  heard = []
})
afterAll(async () => {
  await app.close()
  service.close()
})

const json = { 'content-type': 'application/json' }

describe('what the page asks of a service', () => {
  it('is passed on as it is, with who asks, and so is a refusal', async () => {
    const headers = { ...json, authorization: 'Bearer secret', 'x-operator': 'eve', cookie: 'none of theirs' }
    const url = '/api/services/payments/admin/dead-letters/7/redrive?a=b'
    const answer = await app.inject({ method: 'POST', url, headers, payload: '{"dryRun": true}' })
    expect(heard).toEqual([
      { method: 'POST', url: '/admin/dead-letters/7/redrive?a=b', token: 'Bearer secret', operator: 'eve', body: '{"dryRun": true}' },
    ])
    expect([answer.statusCode, answer.headers['content-type'], answer.json()]).toEqual([
      409,
      'application/problem+json',
      { title: 'already' },
    ])
    expect(answer.headers).not.toHaveProperty('x-inner')
  })

  it.each([
    ['GET', '/api/services/orders/products'],
    ['POST', '/api/services/orders/orders'],
    ['GET', '/api/services/orders/orders/0199c0de-0000-7000-8000-000000000001'],
    ['POST', '/api/services/orders/orders/0199c0de-0000-7000-8000-000000000001/cancel'],
  ] as const)('may be what customers ask: %s %s', async (method, url) => {
    expect((await app.inject({ method, url })).statusCode).toBe(409)
    expect(heard).toHaveLength(1)
  })

  it.each([
    ['GET', '/api/services/orders/metrics'],
    ['GET', '/api/services/orders/admin/../metrics'],
    ['GET', '/api/services/orders/admin/%2e%2e/metrics'],
    ['GET', '/api/services/orders//evil.example/admin/tasks'],
    ['POST', '/api/services/payments/orders'],
    ['GET', '/api/services/psp/admin/tasks'],
  ] as const)('is nothing else: %s %s', async (method, url) => {
    expect((await app.inject({ method, url })).statusCode).toBe(404)
    expect(heard).toEqual([])
  })

  it('is no other site’s to ask, nor anything that a form can send', async () => {
    const url = '/api/services/orders/orders'
    const foreign = await app.inject({ method: 'POST', url, headers: { ...json, 'sec-fetch-site': 'cross-site' }, payload: '{}' })
    const form = await app.inject({ method: 'POST', url, headers: { 'content-type': 'text/plain' }, payload: '{}' })
    expect([foreign.statusCode, form.statusCode, heard]).toEqual([403, 415, []])
  })

  it.each([
    ['another site', 'http://evil.example:3000'],
    ['another port', 'http://localhost:8025'],
    ['a page that says no more', 'null'],
  ])('is not to ask for %s, also where the browser only names the origin', async (_, origin) => {
    const headers = { ...json, host: 'localhost:3000', origin }
    const answer = await app.inject({ method: 'POST', url: '/api/services/orders/orders', headers, payload: '{}' })
    expect([answer.statusCode, heard]).toEqual([403, []])
  })

  it.each([
    ['names it', { origin: 'http://localhost:3000' }],
    ['says only that it is', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('is the own page’s to ask, where the browser %s', async (_, said) => {
    const headers = { ...json, host: 'localhost:3000', ...said }
    expect((await app.inject({ method: 'POST', url: '/api/services/orders/orders', headers, payload: '{}' })).statusCode).toBe(409)
  })

  it('is answered with the name of who is down', async () => {
    const answer = await app.inject('/api/services/warehouse/admin/tasks')
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { code: 'service-down', service: 'warehouse' }])
  })
})
