import { OrderPlaced } from '@quadrille/contracts'
import type { DeadLetter, Operators } from '@quadrille/messaging'
import Fastify, { type FastifyInstance } from 'fastify'
import { serveOperators } from '../../../packages/service-kit/src/admin/index.ts'
import { createGuard } from '../../../packages/service-kit/src/guard.ts'
import { READ_TOKEN, TOKEN } from '../../../packages/service-kit/test/admin-world.ts'
import { fakeAudit, fakeOperators, fakeRuntime, orderRecord, sampleApp, sampleTask } from '../../../packages/service-kit/test/fakes.ts'
import { type Service, services } from '../src/addresses.ts'
import type { OrderList } from '../src/answers.ts'
import type { KafkaAdmin } from '../src/command.ts'
import { ops, type World } from '../src/ops.ts'
import { isOpen } from '../src/order/status.ts'

export { letter, orderId } from '../../../packages/service-kit/test/admin-world.ts'
export { fakeAudit, fakeOperators, orderRecord, READ_TOKEN, sampleTask, TOKEN }

export const NOW = Date.parse('2026-11-22T15:10:00.000Z')
export const before = (seconds: number) => new Date(NOW - seconds * 1000)

/** How one service is, where it differs from all being well. */
export interface Sick {
  readonly letters?: readonly DeadLetter[]
  readonly changed?: Partial<Operators>
  readonly ready?: boolean
  /** The order, as orders shows it. */
  readonly view?: typeof view
  /** All orders there are, oldest first. */
  readonly orders?: readonly Listed[]
  /** Nobody listens there. */
  readonly away?: boolean
  /** It runs without OPS_TOKEN. */
  readonly off?: boolean
  /** Whatever needs its database fails. */
  readonly broken?: boolean
}

const well: Partial<Operators> = {
  outbox: async () => ({ lease: { owner: 'orders-12-a1', until: before(-5) }, parked: [] }),
  order: async (orderId) => ({ ...orderRecord(orderId), known: false, parked: false, parkedReason: null, parkedSince: null, waits: [] }),
}

/** As the orders service lists them: those that were asked for, and how many there are of which status. */
function listOf(orders: readonly Listed[], { open, short, limit = '20' }: Readonly<Record<string, string>>) {
  const wanted = orders.filter(({ orderId, status }) => (open !== 'true' || isOpen(status)) && orderId.endsWith(short?.toLowerCase() ?? ''))
  const counts = [...Map.groupBy(orders, ({ status }) => status)].map(([status, of]) => [status, of.length])
  return { orders: wanted.slice(0, Number(limit)), ...(short === undefined && { counts: Object.fromEntries(counts) }) }
}
type Listed = OrderList['orders'][number]

/** The operators' API itself, over a runtime that only remembers; and what a service answers beside it. */
export async function serviceApp({ letters = [], changed = {}, ready = true, view: shown = view, orders, off, broken }: Sick) {
  const { app } = await sampleApp()
  const { runtime, asked } = fakeRuntime({ letters: [...letters], operators: fakeOperators({ ...well, ...changed }) })
  Object.assign(runtime.deadLetters, { summary: async () => summaryOf(letters) })
  const { audit, rows: audited } = fakeAudit()
  serveOperators(app, runtime, createGuard(app, off ? {} : { token: TOKEN, readToken: READ_TOKEN }, audit))
  if (broken) app.addHook('preHandler', failing)
  app.get('/readyz', async (_, reply) =>
    ready ? { status: 'ready' } : reply.code(503).send({ title: 'Not ready', status: 503, detail: 'not ok: database' }),
  )
  app.get('/orders/:id', async () => ({ ...shown, orderId: OrderPlaced.example.orderId }))
  if (orders) app.get('/admin/orders', async ({ query }) => listOf(orders, query as Record<string, string>))
  app.get('/orders/:id/mails', async () => [])
  return { app: app as unknown as FastifyInstance, asked, audited }
}

async function failing({ url }: { readonly url: string }) {
  if (url !== '/readyz?verbose') throw Object.assign(new Error('the pool has none'), { code: '53100' })
}

const summaryOf = (letters: readonly DeadLetter[]) =>
  [...Map.groupBy(letters, ({ code }) => code)].map(([code, of]) => ({
    ...{ code, open: of.length, orders: new Set(of.map(({ orderId: id }) => id)).size },
    ...{ firstSeen: of[0]!.parkedAt, lastSeen: of.at(-1)!.parkedAt },
  }))

export const view = { status: 'placed', total: 3400, currency: 'EUR', placedAt: before(60).toISOString() }

const group = (name: string, lag: number | string, seconds: number | string, members = 1, high = 40) => ({
  ...{ group: name, members, state: members > 0 ? 'Stable' : 'Empty' },
  topics: [
    {
      topic: 'orders.v1',
      partitions: [{ partition: 3, high, committed: typeof lag === 'number' ? high - lag : lag, lag, lagSeconds: seconds }],
    },
  ],
})

export { group }

export interface Town {
  readonly sick?: Partial<Record<Service, Sick>>
  /** What the console answers, one time after the other; null: it is away. */
  readonly lag?: readonly (readonly ReturnType<typeof group>[])[] | null
  readonly kafka?: Partial<KafkaAdmin>
  readonly env?: Readonly<Record<string, string>>
  readonly terminal?: boolean
  readonly signal?: AbortSignal
  readonly pause?: World['pause']
  readonly now?: World['now']
}

/** Five services, a console and Kafka, none of them real, and a command line in front. */
export async function town({ sick = {}, lag = [services.map((name) => group(name, 0, 0))], kafka = {}, env = {}, ...rest }: Town = {}) {
  const apps = new Map<string, FastifyInstance>()
  const asked = {} as Record<Service, unknown[]>
  const audited = {} as Record<Service, unknown[]>
  for (const name of services) {
    const one = await serviceApp(sick[name] ?? {})
    asked[name] = one.asked
    audited[name] = one.audited
    if (!sick[name]?.away) apps.set(name, one.app)
  }
  if (lag) apps.set('console', consoleApp(lag))
  const urls = Object.fromEntries([...services, 'console'].map((name) => [`${name.toUpperCase()}_URL`, `http://${name}`]))
  const admin: KafkaAdmin = { ...quietKafka, ...kafka }
  const run = commandLine({ ...rest, env: { ...urls, OPS_TOKEN: TOKEN, ...env } }, apps, admin)
  return { run, asked, audited, apps }
}

/** A command line that reaches nobody: enough to see whether it is used well. */
export const nowhere = () => commandLine({ env: { OPS_TOKEN: TOKEN }, signal: AbortSignal.abort() }, new Map(), quietKafka)

type Given = Pick<Town, 'env' | 'terminal' | 'signal' | 'pause' | 'now'>

function commandLine({ env = {}, terminal, signal, pause, now }: Given, apps: ReadonlyMap<string, FastifyInstance>, admin: KafkaAdmin) {
  return async (...args: string[]) => {
    const [out, err] = [written(terminal), written(terminal)]
    const exit = await ops(args, {
      ...{ env, out, err, login: 'ada', now: now ?? (() => NOW), fetch: fetchFrom(apps), connectKafka: async () => admin },
      signal: signal ?? new AbortController().signal,
      pause: pause ?? noLongerThan(100),
    })
    return { exit, out: out.text().trimEnd(), err: err.text().trimEnd() }
  }
}

function consoleApp(lag: readonly (readonly ReturnType<typeof group>[])[]) {
  let looks = 0
  return Fastify().get('/api/lag', () => {
    const at = Math.min(looks++, lag.length - 1)
    return { at: new Date(NOW + at * 4_000).toISOString(), ageSeconds: 0, stale: false, failure: null, groups: lag[at] }
  })
}

/** Every group has read everything, in the one partition there is. */
const quietKafka: KafkaAdmin = {
  topicOffsets: async () => [{ partition: 0, low: '0', high: '7' }],
  groupOffsets: async (_, topics) => topics.map((topic) => ({ topic, partition: 0, offset: '7' })),
  groupMembers: async () => ({ members: 1, state: 'Stable' }),
  disconnect: async () => {},
}

function written(isTTY = false) {
  const parts: string[] = []
  return { isTTY, columns: 100, write: (text: string) => parts.push(text) > 0, text: () => parts.join('') }
}

const fetchFrom =
  (apps: ReadonlyMap<string, FastifyInstance>): typeof fetch =>
  async (input, { method = 'GET', headers, body, signal } = {}) => {
    signal?.throwIfAborted()
    const { hostname, pathname, search } = new URL(String(input))
    const app = apps.get(hostname)
    if (!app) throw new TypeError('fetch failed')
    const given = { method: method as 'GET', url: pathname + search, headers: headers as Record<string, string> }
    const answer = await app.inject({ ...given, ...(body ? { payload: String(body) } : {}) })
    return new Response(answer.body, { status: answer.statusCode })
  }

/** Takes no time, and ends a command that would wait for ever. */
function noLongerThan(most: number): World['pause'] {
  let times = 0
  return async () => {
    if (++times > most) throw new Error(`waited ${most} times`)
  }
}
