import { Agent, request } from 'node:http'
import { setPriority } from 'node:os'
import { ordersWithoutEnd, type PlannedOrder, readWares } from '@quadrille/load'
import { serve } from '../worker.ts'
import { wallOffset } from './clock.ts'
import { closedLoop, openLoop, type Start } from './open-loop.ts'

/** Orders to place, at a rate or so many at once; every one of them can be paid and sent. */
export type Wanted = { readonly shop: string; readonly seed: number; readonly run: string } & (
  | { readonly rate: number; readonly seconds: number }
  | { readonly orders: number; readonly concurrency: number }
)

/** An order that was answered with 201; moments in milliseconds since 1970, by this machine's wall clock. */
export interface Placed {
  readonly orderId: string
  readonly intended: number
  readonly begun: number
  readonly answered: number
}

export interface Generated {
  readonly placed: readonly Placed[]
  /** Whatever was not answered with 201, in words. */
  readonly refused: readonly string[]
}

const agent = new Agent({ keepAlive: true, noDelay: true, maxSockets: 512 })
try {
  setPriority(-10) // a generator that waits for a core measures itself; only root may
} catch {}

function post(shop: string, { key, body }: PlannedOrder): Promise<{ status: number; text: string }> {
  const payload = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload), 'idempotency-key': key }
  return new Promise((resolve, reject) => {
    const asked = request(`${shop}/orders`, { method: 'POST', agent, headers, timeout: 15_000 }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer within 15 s')))
    asked.on('error', reject)
    asked.end(payload)
  })
}

async function place(wanted: Wanted): Promise<Generated> {
  const { shop, seed, run } = wanted
  const { ample, soldOut } = await readWares()
  const orders = ordersWithoutEnd({ rate: 1, seed, run, wares: { ample, soldOut } }).filter(({ fate }) => fate === 'paid')
  const toWall = wallOffset()
  const placed: Placed[] = []
  const refused: string[] = []

  async function one({ intended, begun }: Start) {
    const { status, text } = await post(shop, orders.next().value!).catch((error: Error) => ({ status: 0, text: error.message }))
    const answered = performance.now() + toWall
    if (status !== 201) return void refused.push(`${status} ${text.slice(0, 200)}`)
    placed.push({ orderId: JSON.parse(text).orderId, intended: intended + toWall, begun: begun + toWall, answered })
  }

  if ('rate' in wanted) await openLoop({ rate: wanted.rate, seconds: wanted.seconds, seed }, one)
  else await closedLoop(wanted.orders, wanted.concurrency, one)
  return { placed, refused }
}

serve({ place })
