import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { createPsp, readConfig } from '../src/index.ts'

let data: string
let psp: FastifyInstance
const start = async () => {
  psp = await createPsp({ ...readConfig({}), data, slowMs: 60, logLevel: 'silent' })
}

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'psp-'))
  await start()
})
afterEach(async () => {
  await psp.close()
  await rm(data, { recursive: true })
})

const body = { reference: 'capture:o-1', amount: 500, currency: 'EUR', token: 'tok_ok' }
const post = (url: string, key: string, payload: object) =>
  psp.inject({ method: 'POST', url, headers: { 'idempotency-key': key }, payload })
const charge = (key: string, more: object = {}) => post('/charges', key, { ...body, ...more })
const get = (url: string) => psp.inject({ url })
const put = (payload: object) => psp.inject({ method: 'PUT', url: '/switch', payload })
const ledger = async () => (await get('/ledger')).json<Record<string, unknown>[]>()

describe('POST /charges, when all is well', () => {
  it('captures, and repeats its answer with 200', async () => {
    const first = await charge('k')
    expect(first.statusCode).toBe(201)
    expect(first.json()).toMatchObject({ reference: 'capture:o-1', status: 'captured', amount: 500, currency: 'EUR' })
    const second = await charge('k')
    expect(second.statusCode).toBe(200)
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(second.json()).toEqual(first.json())
  })

  it('makes one capture of the same key twenty times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => charge('k')))
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1)
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1)
    expect(await ledger()).toHaveLength(1)
  })

  it('declines as an answer, not as an error', async () => {
    const answer = await charge('k', { token: 'tok_declined' })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({ status: 'declined', reason: 'card_declined' })
    expect((await get('/charges/capture:o-1')).json().status).toBe('declined')
  })
})

describe('POST /charges, when the request is wrong', () => {
  it.each([
    ['no key', 400, 'key-missing', () => psp.inject({ method: 'POST', url: '/charges', payload: body })],
    ['no body', 400, 'invalid', () => psp.inject({ method: 'POST', url: '/charges', headers: { 'idempotency-key': 'k' } })],
    ['half an amount', 400, 'invalid', () => charge('k', { amount: 0.5 })],
    ['an unknown token', 422, 'token-unknown', () => charge('k', { token: 'tok_stolen' })],
    ['an unknown page', 404, 'not-found', () => get('/chargez')],
    ['an unknown charge', 404, 'charge-unknown', () => get('/charges/capture:o-9')],
    ['an unknown switch', 400, 'invalid', () => put({ dwon: true })],
  ])('answers %s as a problem', async (_case, status, code, ask) => {
    const answer = await ask()
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ status, code })
    expect(await ledger()).toEqual([])
  })
})

describe('POST /charges, when the provider misbehaves', () => {
  it('loses the first answer of tok_flaky after the capture, and answers the next', async () => {
    await expect(charge('k', { token: 'tok_flaky' })).rejects.toThrow()
    expect(await ledger()).toHaveLength(1)
    expect((await charge('k', { token: 'tok_flaky' })).json().status).toBe('captured')
  })

  it('refuses the first attempt of tok_unavailable_once with nothing captured', async () => {
    const token = 'tok_unavailable_once'
    expect((await charge('k', { token })).statusCode).toBe(503)
    expect(await ledger()).toEqual([])
    expect((await charge('k', { token })).statusCode).toBe(201)
  })

  it('answers tok_slow late, though the books have it at once', async () => {
    const asked = Date.now()
    const [slow, quick] = await Promise.all(
      [1, 2].map(() => charge('k', { token: 'tok_slow' }).then((answer) => [answer.statusCode, Date.now()])),
    )
    expect([slow?.[0], quick?.[0]]).toEqual([201, 200])
    expect(quick?.[1]).toBeLessThan(slow?.[1] ?? 0)
    expect(Date.now() - asked).toBeGreaterThanOrEqual(55)
  })

  it('answers everybody late where it is slow, with the books as they would be', async () => {
    await put({ delayMs: 60 })
    const asked = Date.now()
    expect((await charge('k')).statusCode).toBe(201)
    expect(Date.now() - asked).toBeGreaterThanOrEqual(55)
    await put({ delayMs: 0 })
    expect((await charge('k')).statusCode).toBe(200)
    expect(await ledger()).toHaveLength(1)
  })

  it('refuses all business while it is down, and shows its health and ledger', async () => {
    await charge('k')
    await put({ down: true })
    const refused = await Promise.all([charge('k'), post('/refunds', 'r', {}), get('/charges/capture:o-1'), get('/refunds/x')])
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503, 503])
    expect((await get('/livez')).statusCode).toBe(200)
    expect((await get('/readyz')).statusCode).toBe(200)
    expect(await ledger()).toHaveLength(1)
    expect((await put({ down: false, accept: ['tok_x'] })).json()).toEqual({
      down: false,
      delayMs: 0,
      slowMs: 60,
      accept: ['tok_x'],
      declinePercent: 0,
    })
    expect((await charge('x', { token: 'tok_x' })).statusCode).toBe(201)
  })
})

describe('POST /refunds', () => {
  const refund = (key: string, amount: number) => post('/refunds', key, { reference: `refund:${key}`, charge: 'capture:o-1', amount })

  it('gives the money back once', async () => {
    await charge('k')
    expect((await refund('o-1', 500)).statusCode).toBe(201)
    expect((await refund('o-1', 500)).statusCode).toBe(200)
    expect((await refund('again', 1)).statusCode).toBe(422)
    expect((await get('/refunds/refund:o-1')).json()).toMatchObject({ status: 'refunded', amount: 500, charge: 'capture:o-1' })
  })

  it('never gives back more than was captured, also when asked at once', async () => {
    await charge('k')
    const answers = await Promise.all(['a', 'b', 'c'].map((key) => refund(key, 300)))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 422, 422])
  })
})

describe('the provider, when it starts again', () => {
  it('knows its ledger and its keys', async () => {
    const first = await charge('k')
    await post('/refunds', 'r', { reference: 'refund:o-1', charge: 'capture:o-1', amount: 500 })
    const before = await ledger()
    await psp.close()
    await start()
    expect(await ledger()).toEqual(before)
    expect(before).toMatchObject([
      { kind: 'charge', key: 'k', orderId: 'o-1', status: 'captured' },
      { kind: 'refund', key: 'r', orderId: 'o-1', status: 'refunded' },
    ])
    expect((await charge('k')).json()).toEqual(first.json())
  })
})

describe('the environment, when it is wrong', () => {
  it('is refused with every problem at once', () => {
    expect(() => readConfig({ PSP_PORT: 'x', PSP_SLOW_MS: '-1' })).toThrow(/PSP_PORT.*PSP_SLOW_MS/s)
  })
})
