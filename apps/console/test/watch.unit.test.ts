import { describe, expect, it } from '@jest/globals'
import { services } from '@quadrille/ops'
import { waitFor } from '@quadrille/testing'
import { createWatch } from '../src/pulse/watch.ts'

const addresses = { orders: 'http://o', payments: 'http://p', warehouse: 'http://w', loyalty: 'http://l', email: 'http://e' }
const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
const outbox = { unsent: 0, oldestAgeSeconds: 0, lease: null, parked: [] }
const summary = [{ code: 'HANDLER', open: 1, orders: 1 }]

/** Services that are well, but for what is answered in their place. */
async function looked(strange: Readonly<Record<string, unknown>>) {
  const answer = (url: string) => {
    if (url in strange) return strange[url]
    if (url.endsWith('/outbox')) return outbox
    return url.endsWith('/summary') ? summary : url.includes('/dead-letters?') ? [{ id: '1', orderId: `order of ${url[7]}` }] : {}
  }
  const fetching = (async (url: string) => json(answer(url))) as typeof fetch
  let looks = 0
  const pause = async (_: number, signal: AbortSignal) => {
    looks++
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
  const watch = createWatch({ addresses, token: 'a-token', fetch: fetching, everyMs: 1, pause })
  watch.start()
  await waitFor(() => looks > 0, { deadline: 5_000 })
  await watch.stop()
  return { pulses: watch.services(), stuck: watch.stuck() }
}

describe('the watch over the services', () => {
  it.each(['/outbox', '/dead-letters/summary'])(
    'says of one that answers something else to %s that it does, and tells of the others',
    async (path) => {
      const { pulses } = await looked({ [`http://p/admin${path}`]: { some: 'other program' } })
      expect(pulses.find(({ name }) => name === 'payments')).toMatchObject({
        up: false,
        why: expect.stringMatching(/^payments answers .*understood/),
      })
      expect(pulses.filter(({ ready }) => ready)).toHaveLength(services.length - 1)
    },
  )

  it('knows of the others which orders are stuck', async () => {
    const { stuck } = await looked({ 'http://p/admin/dead-letters?open=true&limit=500': { some: 'other program' } })
    expect(stuck).toEqual(new Set(['o', 'w', 'l', 'e'].map((name) => `order of ${name}`)))
  })
})
