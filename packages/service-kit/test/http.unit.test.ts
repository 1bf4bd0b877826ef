import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { trace } from '@opentelemetry/api'
import { z } from 'zod'
import { HttpProblem } from '../src/problem.ts'
import { sampleApp } from './fakes.ts'

const Line = z.strictObject({ sku: z.string(), quantity: z.int().min(1) })

async function orders() {
  const { app, logged } = await sampleApp()
  const body = z.strictObject({ customer: z.string(), items: z.array(Line).min(1) })
  const schema = { body, response: { 201: z.object({ orderId: z.string() }) } }
  app.post('/orders', { schema }, async (request, reply) => {
    request.log.info({ email: 'ada@example.com', customer: { email: 'ada@example.com' } }, 'order placed')
    return reply.code(201).send({ orderId: trace.getActiveSpan()?.spanContext().traceId ?? 'no span' })
  })
  app.get('/broken', () => {
    throw new Error('the password is swordfish')
  })
  app.get('/refused', () => {
    throw new HttpProblem(429, 'too-many', 'Too many orders', { headers: { 'retry-after': '7' } })
  })
  return { app, logged, post: (payload: object | string) => app.inject({ method: 'POST', url: '/orders', payload, headers: JSON_TYPE }) }
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const JSON_TYPE = { 'content-type': 'application/json' }
const problem = { 'content-type': 'application/problem+json' }

describe('the HTTP side of a service, when a request is wrong', () => {
  it('says where, for every field, and refuses what nobody asked for', async () => {
    const { post } = await orders()
    const answer = await post({ customer: 'c-1', items: [{ sku: 'TEA', quantity: 0 }], total: 1 })
    expect(answer.headers).toMatchObject(problem)
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', title: 'The request is not valid', instance: '/orders' })
    expect(answer.json().errors).toEqual([
      { path: 'items.0.quantity', message: 'Too small: expected number to be >=1' },
      { path: '', message: 'Unrecognized key: "total"' },
    ])
  })

  it.each([
    ['no JSON', '{', 400, 'bad-request'],
    ['too large', JSON.stringify({ customer: 'x'.repeat(70_000) }), 413, 'payload-too-large'],
  ])('answers a body that is %s with a problem', async (_, body, status, code) => {
    const { post } = await orders()
    expect((await post(body)).json()).toMatchObject({ status, code })
  })

  it('knows no other routes, and survives a path that cannot be read', async () => {
    const { app } = await orders()
    expect((await app.inject('/orderz?token=secret')).json()).toMatchObject({ status: 404, code: 'not-found', instance: '/orderz' })
    const unreadable = await app.inject('/orders/%c0%80')
    expect(unreadable.headers).toMatchObject(problem)
    expect(unreadable.json()).toMatchObject({ status: 400 })
  })

  it('gives the headers of a problem that a route throws', async () => {
    const { app } = await orders()
    const answer = await app.inject('/refused')
    expect(answer.headers).toMatchObject({ ...problem, 'retry-after': '7' })
  })
})

describe('the HTTP side of a service, when the service itself fails', () => {
  it('tells the log and not the caller', async () => {
    const { app, logged } = await orders()
    const answer = await app.inject('/broken')
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('swordfish')
    expect(logged()).toContainEqual(
      expect.objectContaining({ msg: 'request failed', err: expect.objectContaining({ message: 'the password is swordfish' }) }),
    )
  })
})

describe('the HTTP side of a service, when it is watched', () => {
  it('continues the trace of the caller, also behind a body that comes late, in answers and in the log', async () => {
    const { app, logged } = await orders()
    const headers = { ...JSON_TYPE, traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` }
    const begun = Promise.withResolvers<void>()
    app.addHook('onRequest', async () => begun.resolve())
    const url = await app.listen({ port: 0 })
    const asking = request(`${url}/orders`, { method: 'POST', headers })
    const answered = once(asking, 'response')
    asking.flushHeaders()
    await begun.promise
    asking.end(JSON.stringify({ customer: 'c', items: [{ sku: 'TEA', quantity: 1 }] }))
    const [answer] = (await answered) as [IncomingMessage]
    expect(await json(answer)).toEqual({ orderId: TRACE_ID })
    expect(answer.headers.traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`))
    const line = { msg: 'order placed', trace_id: TRACE_ID, email: '***', customer: { email: '***' } }
    expect(logged()).toContainEqual(expect.objectContaining(line))
    await app.close()
  })

  it('counts requests by route', async () => {
    const { app, telemetry } = await sampleApp()
    app.get('/orders/:id', () => ({}))
    await app.inject('/orders/1')
    await app.inject('/orders/2')
    const text = await telemetry.exposition()
    expect(text).toContain(
      'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/orders/:id",http_response_status_code="200"} 2',
    )
  })
})

describe('the HTTP side of a service, when it stops', () => {
  it('sends clients of open connections elsewhere, but still says that it lives', async () => {
    const { app } = await sampleApp()
    const during: number[] = []
    app.get('/livez', () => ({}))
    app.get('/orders', () => ({}))
    app.addHook('preClose', async () => {
      for (const path of ['/orders', '/livez']) during.push((await fetch(`${url}${path}`)).status)
    })
    const url = await app.listen({ port: 0 })
    expect((await fetch(`${url}/orders`)).status).toBe(200)
    await app.close()
    expect(during).toEqual([503, 200])
  })

  it('answers with 503 for a while before its port closes, so that clients who mind it meet no broken connection', async () => {
    const { app } = await sampleApp()
    app.get('/orders', () => ({}))
    const url = await app.listen({ port: 0 })
    const closing = app.close()
    const answered = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/orders`, { headers: { connection: 'close' } })))
    expect(new Set(answered.map(({ status }) => status))).toEqual(new Set([503]))
    await closing
    await expect(fetch(`${url}/orders`)).rejects.toThrow('fetch failed')
  })
})
