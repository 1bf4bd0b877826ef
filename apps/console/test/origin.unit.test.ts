import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readAddresses } from '@quadrille/ops'
import { serveOrigin } from '../src/api/origin.ts'
import { createConsole } from '../src/app.ts'

const orderId = '0199c0de-0000-7000-8000-000000000001'
const letter = { id: '7', orderId, eventId: 'e-7', origin: 'event', topic: 'payments.v1', headers: { ce_type: 'PaymentCaptured.v1' } }
const record = { orderId, known: true, sequence: 0, parked: false, handled: [], emitted: [], effects: [], letters: [], waits: [] }

/** Stands for every service. */
const operators: unknown[] = []
const service = createServer(({ url, headers }, response) => {
  operators.push(headers['x-operator'])
  const status = headers.authorization === 'Bearer secret' ? 200 : 401
  const body =
    status === 401
      ? { title: 'This is for operators' }
      : url === '/admin/dead-letters/7'
        ? letter
        : url?.startsWith('/admin/orders/')
          ? record
          : null
  response
    .writeHead(body === null ? 404 : status, { 'content-type': 'application/json' })
    .end(JSON.stringify(body ?? { title: 'Not found' }))
})
const app = createConsole({ view: () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined }) })
const ask = (of: string, token?: string) =>
  app.inject({ url: `/api/letters/${of}/origin`, ...(token && { headers: { authorization: `Bearer ${token}` } }) })

beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  serveOrigin(app, readAddresses({ ORDERS_URL: url, PAYMENTS_URL: url, WAREHOUSE_URL: url, LOYALTY_URL: url, EMAIL_URL: url }))
})
afterAll(async () => {
  await app.close()
  service.close()
})

describe('whose record a dead letter holds', () => {
  it('is told by the outboxes: never emitted, where its emitter holds all that it ever emitted for the order', async () => {
    const answer = await ask('email/7', 'secret')
    expect(answer.json()).toMatchObject({ origin: { emitter: 'payments', emitted: 'never', genuine: null }, missing: [] })
  })

  it('is for operators alone', async () => {
    expect((await ask('email/7')).statusCode).toBe(401)
    expect((await ask('email/7', 'guessed')).statusCode).toBe(401)
  })

  it('is not told of a letter that there is none of', async () => {
    const answer = await ask('email/8', 'secret')
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: 'not-found', detail: 'email: Not found' }])
  })

  it('is asked for by the operator whose name the page sends', async () => {
    operators.length = 0
    await app.inject({ url: '/api/letters/email/7/origin', headers: { authorization: 'Bearer secret', 'x-operator': 'J%C3%BCrgen%20%25' } })
    expect(operators[0]).toBe('J%C3%BCrgen%20%25')
  })

  it('is not asked of what is no service, or no id', async () => {
    expect((await ask('mail/7', 'secret')).statusCode).toBe(404)
    expect((await ask('email/..%2F7', 'secret')).statusCode).toBe(404)
  })
})
