import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EventContract, catalogue as eventCatalogue, topicOf } from '@quadrille/contracts'
import { handlers } from '@quadrille/ops'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { z } from 'zod'
import { isFromHere } from '../../src/api/session.ts'
import type { ChangedOrders, ContractView, LagHistory, OrderQuery, ServiceName, Session } from '../../src/api-types.ts'
import { servePage } from '../../src/page/serve.ts'
import { serveFakeBreak } from './break.ts'
import { serveFakeOperators } from './operators.ts'
import { countsOf, createOrders, type FakeOrder, next, pageOf } from './orders.ts'
import { map, names, pulseOf } from './pulse.ts'
import { detailsOf, fakeStory } from './story.ts'
import { strangersOrder, strangersStory } from './stranger.ts'

const catalogue = join(import.meta.dirname, '../../../../infra/catalogue.json')
const products: unknown[] = JSON.parse(readFileSync(catalogue, 'utf8'))

export interface FakeOptions {
  readonly orders?: number
  /** A new order each so many milliseconds; 0: the world stands still. */
  readonly everyMs?: number
  /** Null: the page is not told the token. */
  readonly token?: string | null
}

/** A console with an invented world behind it, for looking at the page and for tests of it. */
export function createFakeConsole({ orders: many = 10_000, everyMs = 0, token = 'fake' }: FakeOptions = {}): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true })
  const world = { orders: createOrders(many, Date.now()), heard: new Set<(change: ChangedOrders) => void>() }
  const find = (id: string) => world.orders.find(({ row }) => row.orderId === id)
  servePage(app)
  const session: Session = {
    token,
    breakIt: true,
    links: { mail: 'http://localhost:8025', grafana: 'http://localhost:3030', traces: 'http://localhost:3030/{traceId}' },
  }
  app.get('/api/session', (request): Session => ({ ...session, token: isFromHere(request) ? token : null }))
  app.get('/api/map', () => map)
  app.get('/api/contracts', () => contracts)
  app.get('/api/lag/history', () => history(Date.now()))
  app.get<{ Querystring: OrderQuery }>('/api/orders', ({ query }) => ({
    ...pageOf(world.orders, { ...query, limit: Number(query.limit ?? 50) }),
    ...(query.status === 'stuck' && { unread: [strangersOrder] }),
  }))
  app.get<{ Params: { id: string } }>('/api/orders/:id', ({ params: { id } }, reply) => {
    const order = find(id)
    return order ? detailsOf(order, Date.now()) : unknown(reply, id)
  })
  app.get<{ Params: { id: string } }>('/api/orders/:id/story', ({ params: { id } }) => {
    const order = find(id)
    return order ? fakeStory(order, Date.now()) : strangersStory(id)
  })
  app.get('/api/stream', (_request, reply) => stream(world, reply))
  app.get('/api/services/orders/products', () => products)
  app.post('/api/services/orders/orders', (_request, reply) => reply.code(201).send({ orderId: place(world).row.orderId }))
  app.post('/api/services/orders/admin/orders/:id/cancel', (_request, reply) => reply.code(202).send({ status: 'cancelled' }))
  serveFakeOperators(app)
  serveFakeBreak(app, token)
  if (everyMs > 0) keepPlacing(app, () => place(world), everyMs)
  return app
}

interface World {
  orders: FakeOrder[]
  readonly heard: Set<(change: ChangedOrders) => void>
}

const unknown = (reply: FastifyReply, id: string) =>
  reply
    .code(404)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404, code: 'not-found', detail: `there is no order ${id}` }))

function keepPlacing(app: FastifyInstance, again: () => void, everyMs: number): void {
  const timer = setInterval(again, everyMs)
  app.addHook('onClose', async () => clearInterval(timer))
}

function place(world: World): FakeOrder {
  const order = next(world.orders.length + 1, Date.now())
  world.orders = [order, ...world.orders]
  const tell = (now: number) => {
    const later = { ...order, row: { ...next(world.orders.length, now).row, ...order.row, ...standing(order, now) } }
    world.orders = world.orders.map((one) => (one.row.orderId === order.row.orderId ? later : one))
    for (const heard of world.heard) heard({ rows: [later.row], more: 0 })
  }
  tell(Date.now())
  for (const { ms } of order.journey.steps) setTimeout(() => tell(order.placedMs + ms), ms).unref()
  return order
}

function standing({ journey, placedMs }: FakeOrder, now: number) {
  const past = journey.steps.filter(({ ms }) => placedMs + ms <= now)
  const { type, ms } = past.at(-1)!
  const at = new Date(placedMs + ms).toISOString()
  const ended = past.length >= Math.min(5, journey.steps.length)
  return {
    status: ended ? journey.status : past.some((step) => step.type === 'PaymentCaptured') ? ('paid' as const) : ('placed' as const),
    changedAt: at,
    last: { type, at },
  }
}

function stream(world: World, reply: FastifyReply): void {
  reply.hijack()
  const { raw } = reply
  const say = (event: string, data: unknown) => raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  const pulse = () => say('pulse', pulseOf(Date.now(), countsOf(world.orders), 6))
  let changed = new Map<string, ChangedOrders['rows'][number]>()
  const orders = ({ rows }: ChangedOrders) => rows.forEach((row) => void changed.set(row.orderId, row))
  const tell = () => {
    if (changed.size > 0)
      say('orders', { rows: [...changed.values()].slice(-200), more: Math.max(0, changed.size - 200) } satisfies ChangedOrders)
    changed = new Map()
  }
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  pulse()
  const timers = [setInterval(pulse, 1_000), setInterval(tell, 250)]
  world.heard.add(orders)
  raw.on('close', () => {
    timers.forEach(clearInterval)
    world.heard.delete(orders)
  })
}

const contracts: ContractView[] = Object.values(eventCatalogue)
  .flatMap((of) => Object.values<EventContract>(of))
  .map(({ type, version, emitter, description, schema, example }) => ({
    ...{
      type,
      version,
      emitter: emitter as ServiceName,
      topic: topicOf(emitter as ServiceName),
      prose: description.replace(/\s+/g, ' '),
      example,
    },
    schema: z.toJSONSchema(schema, { io: 'input' }),
    consumers: names.filter((name) => handlers[type]?.includes(name)),
  }))

function history(now: number): LagHistory {
  const at = Array.from({ length: 450 }, (_, n) => now - (450 - n) * 2_000)
  const series = map.services.flatMap(({ name, consumes }) =>
    consumes.map(({ topic }, n) => ({ group: name, topic, ...lags(at, name === 'email' ? 200 : 8, n) })),
  )
  return { at, series }
}

function lags(at: readonly number[], most: number, n: number) {
  const lag = at.map((_, t) => (t < 12 ? null : Math.max(0, Math.round(most * Math.sin(t / 60 + n)))))
  return { lag, seconds: lag.map((value) => value && value / 11) }
}
