import { describe, expect, it, jest } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { openShop } from './shop.ts'

jest.setTimeout(60_000)

const payload = { customer: { id: 'c-1', email: 'ada@example.com' }, items: [{ sku: 'mug-blue', quantity: 1 }], paymentToken: 'tok_ok' }

/** The whole service while Kafka is down, so that every order waits in the outbox. */
async function shopWith(limits: Record<string, string>) {
  const { app, query, close } = await openShop(limits)
  const place = () => app.inject({ method: 'POST', url: '/orders', payload })
  const readiness = async () => (await app.inject('/readyz')).json<{ status: string | number; detail?: string }>()
  const ratio = async () => Number(/^outbox_limit_ratio\S* (\S+)$/m.exec((await app.inject('/metrics')).body)?.[1])
  const refuses = () => waitFor(async () => (await place()).statusCode === 503, { deadline: 20_000, what: 'an order to be refused' })
  const passedOn = () => query('update outbox set published_at = now() where published_at is null')
  return { place, readiness, ratio, refuses, passedOn, query, close }
}

describe('orders, when Kafka stays away for too long', () => {
  it('refuses orders beyond the limit, says when to come again, and takes them again once they are passed on', async () => {
    const { place, readiness, ratio, refuses, passedOn, query, close } = await shopWith({ OUTBOX_LIMIT: '3' })
    for (let placed = 0; placed < 4; placed += 1) expect((await place()).statusCode).toBe(201)
    await refuses()
    const refusal = await place()
    expect(refusal).toMatchObject({ statusCode: 503, headers: { 'retry-after': '30', 'content-type': 'application/problem+json' } })
    expect(refusal.json()).toMatchObject({ code: 'backlog' })
    expect(await readiness()).toMatchObject({ status: 503, detail: 'not ok: backlog' })
    const [{ orders, waiting }] = (await query<{ orders: number; waiting: number }>(
      'select (select count(*)::int from orders) as orders, (select count(*)::int from outbox where published_at is null) as waiting',
    )) as [{ orders: number; waiting: number }]
    expect(orders).toBe(waiting)
    // Read now and then, and orders were taken until the refusal.
    await waitFor(async () => Math.abs((await ratio()) - waiting / 3) < 0.01, { deadline: 20_000, what: 'the ratio', diagnose: ratio })
    await passedOn()
    await waitFor(async () => (await readiness()).status === 'ready', { deadline: 20_000, what: 'readiness' })
    expect((await place()).statusCode).toBe(201)
    await close()
  })

  it('refuses orders when the oldest has been waiting for too long, however few they are', async () => {
    const { place, refuses, readiness, close } = await shopWith({ OUTBOX_LIMIT_AGE_MS: '2000' })
    expect((await place()).statusCode).toBe(201)
    await refuses()
    expect(await readiness()).toMatchObject({ status: 503, detail: 'not ok: backlog' })
    await close()
  })
})
