import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { EffectRefused } from '@quadrille/messaging'
import { askThenCharge } from '../src/effects/charge-card.ts'
import { createPsp } from '../src/psp.ts'
import { createFakePsp } from './fakes.ts'

const { signal } = new AbortController()
const asked = { reference: 'capture:1', amount: 10, currency: 'EUR', token: 'tok_secret' }
const captured = { status: 'captured', id: 'ch_1', reference: asked.reference }
let close = () => {}
afterEach(() => close())

async function provider(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  return createPsp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const answering = (status: number, body: unknown) =>
  provider((_request, response) => response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)))

describe('the payment provider over HTTP, when it answers', () => {
  it('is asked under the reference as idempotency key, and its capture is read', async () => {
    const seen: unknown[] = []
    const psp = await provider((request, response) => {
      seen.push(request.method, request.url, request.headers['idempotency-key'])
      response.writeHead(201).end(JSON.stringify(captured))
    })
    expect(await psp.charge(asked, signal)).toEqual({ status: 'captured', chargeId: 'ch_1' })
    expect(seen).toEqual(['POST', '/charges', 'capture:1'])
  })
  it('declines: a business answer', async () => {
    const psp = await answering(201, { ...captured, status: 'declined', reason: 'card_declined' })
    expect(await psp.charge(asked, signal)).toEqual({ status: 'declined', reason: 'card_declined' })
  })
  it('knows no such charge', async () => {
    expect(await (await answering(404, {})).findCharge('capture:1', signal)).toBeUndefined()
  })
  it.each([400, 401, 422])('%i is a refusal, which names no token', async (status) => {
    const refusal = (await answering(status, { code: 'token-unknown', detail: 'no token tok_secret' })).charge(asked, signal)
    await expect(refusal).rejects.toThrow(new EffectRefused(`the payment provider answered ${status} token-unknown`))
    await expect(refusal).rejects.toBeInstanceOf(EffectRefused)
  })
  it.each([
    [503, {}],
    [500, 'oops'],
    [408, {}],
    [409, {}],
    [425, {}],
    [429, {}],
    [200, 'not json'],
    [201, { status: 'perhaps' }],
  ])('%i %j says nothing about the money: to be tried again', async (status, body) => {
    const attempt = (await answering(status, body)).charge(asked, signal)
    await expect(attempt).rejects.toThrow()
    await expect(attempt).rejects.not.toBeInstanceOf(EffectRefused)
  })
  it('is given up when the attempt is aborted', async () => {
    const psp = await provider(() => {})
    await expect(psp.charge(asked, AbortSignal.timeout(20))).rejects.toThrow('aborted')
  })
})

describe('charging, when an earlier attempt may have gone through', () => {
  it('asks before it posts, and posts nothing where the charge is known', async () => {
    const psp = createFakePsp()
    const charge = { orderId: '1', ...asked }
    await askThenCharge(charge, { key: 'capture:1', again: false, signal, world: { psp } })
    const deaf = { ...psp, charge: () => Promise.reject(new Error('posted twice')) }
    expect(await askThenCharge(charge, { key: 'capture:1', again: true, signal, world: { psp: deaf } })).toMatchObject({
      status: 'captured',
    })
  })
  it('posts where the provider knows of none', async () => {
    const psp = createFakePsp()
    await askThenCharge({ orderId: '1', ...asked }, { key: 'capture:1', again: true, signal, world: { psp } })
    expect(psp.captured()).toBe(10)
  })
})
