import { join } from 'node:path'
import { type Stack, startStack } from '@quadrille/scenarios/stack'
import { type RunningProcess, serviceNames, startPostgres } from '@quadrille/testing'
import type { Generated, Wanted } from '../load/generator.ts'
import { startWorker } from '../worker.ts'
import type { World } from '../world.ts'
import { type Books, openBooks } from './books.ts'

/** The five services with payment provider and mail sink as processes of their own, and a customer in another. */
export interface Shop {
  readonly stack: Stack
  readonly books: Books
  /** Where spans and metrics are sent. */
  readonly collector: string
  readonly conditions: Readonly<Record<string, string>>
  /** Process ids by name, without the customer and the collector. */
  pids(): Record<string, number>
  place(wanted: How): Promise<Generated>
  close(): Promise<void>
}

export type How = { readonly rate: number; readonly seconds: number } | { readonly orders: number; readonly concurrency: number }

const conditions = {
  orders: 'one to three lines, all paid and sent: 7 events, 3 effects and 2 mails each',
  telemetry: 'logs at info, metrics, and every span recorded and sent to a collector that keeps none',
  hold: 'points are held for a second',
}

/** What a service is told when logs, metrics and traces are on: every span is recorded and sent. */
export const telling = (collector: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector, LOG_LEVEL: 'info' })
/** Metrics are always counted; nothing is logged, recorded or sent. */
export const silent = { LOG_LEVEL: 'silent', OTEL_EXPORTER_OTLP_ENDPOINT: '' }

export const apps = ['psp', 'mail'] as const

/** Starts the shop on the bench's servers, with full telemetry. */
export async function openShop(world: World): Promise<Shop> {
  const closing: (() => Promise<unknown>)[] = []
  let closed: Promise<void> | undefined
  const closeAll = async () => {
    for (const step of closing.toReversed()) await step()
  }
  const close = () => (closed ??= closeAll())
  world.onClose(close)
  try {
    const postgres = await tellingCommitTimes(world)
    closing.push(() => postgres.stop())
    const sink = await startWorker('src/telemetry-sink.ts')
    closing.push(sink.stop)
    const collector = await sink.call<string>('listen')
    const env = Object.fromEntries(serviceNames.map((name) => [name, { ...telling(collector), LOYALTY_HOLD_MS: '1000' }]))
    const infra = { kafka: { brokers: world.brokers }, postgresUrl: world.postgresUrl, stop: async () => {} }
    const stack = await startStack({ env, infra: async () => infra })
    closing.push(stack.close)
    const [books, customer] = await Promise.all([openBooks(stack.targets), customers(stack.urls.orders)])
    closing.push(books.close, customer.stop)
    const pids = () => ({ ...pidsOf(stack), Kafka: world.kafka.pid, PostgreSQL: postgres.pid })
    return { stack, books, collector, conditions, pids, place: customer.place, close }
  } catch (error) {
    await close()
    throw error
  }
}

let runs = 0

/** Whoever orders, in a process of their own. */
export async function customers(shop: string) {
  const { call, stop, pid } = await startWorker('src/load/generator.ts')
  const place = (how: How) => {
    const seed = ++runs
    return call<Generated>('place', { ...how, shop, seed, run: `bench-${Date.now().toString(36)}` } satisfies Wanted)
  }
  return { place, stop, pid }
}

function pidsOf(stack: Stack): Record<string, number> {
  const instances = [...serviceNames, ...serviceNames.map((name) => `${name}-2` as const), ...apps]
  return Object.fromEntries(instances.flatMap((name) => (stack.pidOf(name) ? [[name, stack.pidOf(name)!]] : [])))
}

/** The bench's own server, which then tells when each transaction was committed. That wants a restart. */
async function tellingCommitTimes({ postgres, postgresUrl, dir }: World): Promise<RunningProcess> {
  await postgres.stop()
  const settings = { track_commit_timestamp: 'on' }
  const again = await startPostgres({ port: Number(new URL(postgresUrl).port), dataDir: join(dir, 'postgres'), settings })
  return again.process
}
