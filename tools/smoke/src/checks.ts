import { topics } from '@quadrille/contracts'
import { endsOf, type PlacedOrder, type PlannedOrder, placeOrders, planOrders, readWares } from '@quadrille/load'
import { waitFor } from '@quadrille/testing'
import type { Address, Addresses } from './addresses.ts'
import { json, needs, Skipped, text } from './ask.ts'
import { orderEachFlavour } from './flavours.ts'
import { type GroupLag, mailsWrong, missingSeries, readTraceparent, stillBehind, type Trace, traceWrong } from './judge.ts'
import type { Stream } from './smoke.ts'

/** What a check finds out, in words; it throws where something is wrong. */
export type Check = (at: Addresses, orders: readonly PlacedOrder[]) => Promise<string>

// A real broker on a small machine that has just started everything takes its time; a hang still ends.
const PATIENCE_MS = 60_000
const services = topics.filter(({ name }) => name.endsWith('.dlq')).map(({ name }) => name.slice(0, -'.dlq'.length))

/** Waits until nothing is wrong; what still is at the deadline is said. */
async function untilRight(what: string, wrong: () => Promise<string | undefined>): Promise<void> {
  let last: string | undefined
  const right = async () => {
    last = await wrong()
    return last === undefined
  }
  await waitFor(right, { deadline: PATIENCE_MS, every: 200, what, diagnose: () => last ?? '' })
}

export async function reachable({ orders, console, mail }: Addresses): Promise<string> {
  await Promise.all([text(orders, '/readyz'), text(console, '/livez'), text(mail, '/livez')])
  return [orders, console, mail].map(({ name, url }) => `${name} ${url}`).join(', ')
}

export const place = async (at: Addresses): Promise<readonly PlacedOrder[]> =>
  placeAll(at, orderEachFlavour(Date.now().toString(36), await readWares()))

/** A believable stream, during which anything may be broken. */
export async function placeMany(at: Addresses, { orders, rate, seed }: Stream): Promise<readonly PlacedOrder[]> {
  const { ample, soldOut } = await readWares()
  return placeAll(at, planOrders({ orders, rate, seed, run: Date.now().toString(36), wares: { ample, soldOut } }))
}

async function placeAll({ orders }: Addresses, plan: readonly PlannedOrder[]): Promise<readonly PlacedOrder[]> {
  const { placed, refused, unanswered } = await placeOrders({ shop: orders.url, orders: plan, patienceMs: PATIENCE_MS })
  const problems = [...refused, ...unanswered].map(({ reason }) => reason)
  if (problems.length > 0) throw new Error(problems.join('; '))
  const doubled = placed.filter(({ orderId, again = orderId }) => again !== orderId)
  if (doubled.length > 0) throw new Error(`one Idempotency-Key made two orders: ${doubled.map(({ key }) => key)}`)
  return placed
}

export const ends: Check = async ({ orders }, placed) => {
  const wrong = async (order: PlacedOrder) => {
    const { status } = await json<{ status: string }>(orders, `/orders/${order.orderId}`)
    return endsOf(order).includes(status as never) ? undefined : `it is ${status}, and should be ${endsOf(order).join(' or ')}`
  }
  // One after the other: whoever comes later has had the more time.
  for (const order of placed) await untilRight(`order ${order.orderId} (${order.fate}) to end`, () => wrong(order))
  const counts = Map.groupBy(placed, (order) => endsOf(order).join(' or '))
  return [...counts].map(([end, { length }]) => `${length} ${end}`).join(', ')
}

// By what it was meant to be: on a busy machine another one may be answered first.
const onePaid = (placed: readonly PlacedOrder[]) => placed.find(({ fate }) => fate === 'paid')!

export const timeline: Check = async ({ orders }, placed) => {
  const events = await json<{ type: string }[]>(orders, `/orders/${onePaid(placed).orderId}/events`)
  const told = events.map(({ type }) => type.replace(/\.v\d+$/, ''))
  const missing = ['OrderPlaced', 'PaymentCaptured', 'OrderDispatched'].filter((type) => !told.includes(type))
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not among ${told.join(', ')}`)
  return told.join(' → ')
}

export const mails: Check = async ({ mail, orders }, placed) => {
  const of = (orderId: string) => json<{ messageId: string }[]>(mail, `/api/mails?orderId=${orderId}`)
  const arrived = ({ orderId, fate }: PlacedOrder) =>
    untilRight(`the mails of order ${orderId} (${fate})`, async () => {
      const events = await json<{ type: string }[]>(orders, `/orders/${orderId}/events`)
      return mailsWrong(
        events.map(({ type }) => type),
        await of(orderId),
      )
    })
  await Promise.all(placed.map(arrived))
  const all = await Promise.all(placed.map(({ orderId }) => of(orderId)))
  return `${all.flat().length} for ${placed.length} orders, none twice`
}

/** Each group is seen without lag once: under load it never is for long. */
export const lag: Check = async ({ console }) => {
  let behind = services
  await untilRight('lag to be 0', async () => {
    const { stale, groups } = await json<{ stale: boolean; groups: GroupLag[] }>(console, '/api/lag')
    if (stale) return 'the console does not reach Kafka'
    behind = stillBehind(behind, groups)
    return behind.length === 0 ? undefined : `behind: ${behind.join(', ')}`
  })
  return `0 in ${services.length} groups`
}

const ofOrders = ['orders_placed_total', 'orders_ended_total', 'outbox_unsent', 'dlq_depth', 'event_handling_latency_seconds_count']
const ofConsole = ['kafka_consumergroup_lag', 'kafka_consumergroup_lag_seconds', 'kafka_consumergroup_members']

export const metrics: Check = async ({ orders, console }) => {
  const absent = async (address: Address, names: readonly string[]) => missingSeries(await text(address, '/metrics'), names)
  const missing = [...(await absent(orders, ofOrders)), ...(await absent(console, ofConsole))]
  if (missing.length > 0) throw new Error(`not exposed: ${missing.join(', ')}`)
  return `orders and console expose ${ofOrders.length + ofConsole.length} of the series that dashboards ask for`
}

type Result = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }

export const prometheus: Check = async ({ prometheus: at }) => {
  await needs(at, '/-/ready')
  const query = async (expr: string) =>
    (await json<{ data: { result: Result[] } }>(at, `/api/v1/query?query=${encodeURIComponent(expr)}`)).data.result
  await untilRight('Prometheus to scrape all of it', async () => {
    const up = (await query('up{job="services"} == 1')).map(({ metric }) => metric.service)
    const down = services.filter((service) => !up.includes(service))
    if (down.length > 0) return `not up: ${down.join(', ')}`
    const known = await Promise.all([...ofOrders, ...ofConsole].map(async (name) => ((await query(name)).length > 0 ? [] : [name])))
    return known.flat().length > 0 ? `no data: ${known.flat().join(', ')}` : undefined
  })
  return `${services.length} services up, and their series are there`
}

const dashboardUids = ['order-flow', 'consumer-lag', 'outbox-and-dead-letters', 'services']

export const grafana: Check = async ({ grafana: at }) => {
  await needs(at, '/api/health')
  const found = await json<{ uid: string }[]>(at, '/api/search?type=dash-db')
  const missing = dashboardUids.filter((uid) => !found.some((dashboard) => dashboard.uid === uid))
  if (missing.length > 0) throw new Error(`not provisioned: ${missing.join(', ')}`)
  return `${found.length} dashboards at ${at.url}`
}

export const trace: Check = async ({ traces: at }, placed) => {
  await needs(at, '/api/services')
  const { id, sampled } = readTraceparent(onePaid(placed).traceparent)
  if (!sampled) throw new Skipped('the services record no traces: OTEL_EXPORTER_OTLP_ENDPOINT is not set, or the order was not sampled')
  let spans = 0
  await untilRight(`trace ${id}`, async () => {
    const [found] = (await json<{ data: Trace[] }>(at, `/api/traces/${id}`)).data
    spans = found?.spans.length ?? 0
    return found ? traceWrong(found, services) : 'it is not there'
  })
  return `${spans} spans of ${services.length} services in one tree`
}
