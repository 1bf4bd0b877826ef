import { EventEmitter } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import { serveStream } from '../src/api/stream.ts'
import type { ChangedOrders, Pulse } from '../src/api-types.ts'
import { createConsole } from '../src/app.ts'
import { folded } from '../src/model/standing.ts'

const changes = new EventEmitter()
const watched = new EventEmitter()
const stuck = new Set(['order-7'])
const app = createConsole({ view: () => ({ lag: undefined, ageMs: undefined, stale: true, failure: undefined }) })
let url: string
let lines: string[] = []
let looking: AbortController

beforeAll(async () => {
  serveStream(app, {
    model: { changes, query: async () => [] } as never,
    watch: { changes: watched, stuck: () => stuck } as never,
    pulse: async () => ({ at: 'now' }) as Pulse,
  })
  url = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  looking?.abort()
  await app.close()
})

async function look() {
  looking = new AbortController()
  const { body, headers } = await fetch(`${url}/api/stream`, { signal: looking.signal })
  expect(headers.get('content-type')).toBe('text/event-stream')
  const reading = async () => {
    for await (const text of body!.pipeThrough(new TextDecoderStream())) lines.push(...text.split('\n'))
  }
  void reading().catch(() => undefined)
}

const orders = () =>
  lines.flatMap((line, n) => (line === 'event: orders' ? [JSON.parse(lines[n + 1]!.slice('data: '.length)) as ChangedOrders] : []))
const standing = (n: number) => folded(undefined, { orderId: `order-${n}`, type: 'PaymentCaptured', at: 1_000 + n, data: {} })

describe('the live stream', () => {
  it('begins with how to come again and with a pulse, and beats on', async () => {
    await look()
    await waitFor(() => lines.filter((line) => line === 'event: pulse').length >= 2, { deadline: 5_000, diagnose: () => lines })
    expect(lines[0]).toBe('retry: 1000')
    expect(lines.filter((line) => line.startsWith('id: '))).not.toEqual([])
  })

  it('tells the newest 200 orders that changed, each once, and how many more did', async () => {
    changes.emit(
      'changed',
      Array.from({ length: 300 }, (_, n) => standing(n)),
    )
    changes.emit('changed', [standing(7)])
    await waitFor(() => orders().length > 0, { deadline: 5_000, diagnose: () => lines.length })
    const [{ rows, more }] = orders() as [ChangedOrders]
    expect([rows.length, more, rows[0]!.orderId]).toEqual([200, 100, 'order-299'])
  })

  it('says which of them are stuck', async () => {
    lines = []
    changes.emit('changed', [standing(7), standing(8)])
    await waitFor(() => orders().length > 0, { deadline: 5_000, diagnose: () => lines })
    expect(orders()[0]!.rows.map(({ orderId, stuck }) => [orderId, stuck])).toEqual([
      ['order-8', false],
      ['order-7', true],
    ])
  })
})
