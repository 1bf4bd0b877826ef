import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { usualPorts } from '@quadrille/demo/addresses'
import { freePorts, type RunningProcess, startProcess } from '@quadrille/testing'
import { startBareBroker } from '../bare/broker.ts'
import type { Benchmark, Session } from '../benchmark.ts'
import type { World } from '../world.ts'

const LONGEST_MS = 120_000
const main = resolve(import.meta.dirname, '../../../tools/demo/src/main.ts')

export const start: Benchmark = {
  name: 'start',
  goal: 'P7',
  title: 'from nothing to the first order dispatched',
  sides: {
    demo: 'pnpm demo --fresh: servers, databases, topics, eight processes, then an order, until it is dispatched',
    broker: 'java kafka.Kafka as it comes, on a formatted folder, until a topic is made',
    quick: 'the same with the flags and the classes that the demo gives it',
  },
  figures: { ms: 'ms' },
  comparisons: [
    { name: 'the demo ÷ a bare broker', of: 'demo', to: 'broker', figure: 'ms', aims: 'down', must: 2, stretch: 1.25 },
    { name: 'the demo ÷ a bare broker that starts quickly', of: 'demo', to: 'quick', figure: 'ms', aims: 'down' },
  ],
  minutes: 1.2,
  open,
}

async function open(world: World): Promise<Session> {
  let dispatched = 0
  return {
    conditions: { demo: 'started by node itself, so without pnpm; nothing is downloaded or compiled for the first time after the warm-up' },
    processes: () => ({}),
    async measure(side) {
      dispatched = 0
      if (side !== 'demo') return { figures: { ms: await startBareBroker(world.dir, side === 'quick') } }
      const ms = await startDemo(world)
      dispatched = 1
      return { figures: { ms } }
    },
    check: async (side) => [{ what: 'orders dispatched', expected: side === 'demo' ? 1 : 0, found: dispatched }],
    close: async () => {},
  }
}

/** Whoever wants to order asks from the first moment on. */
async function startDemo({ dir }: World): Promise<number> {
  const state = await mkdtemp(join(dir, 'demo-'))
  const names = Object.keys(usualPorts) as (keyof typeof usualPorts)[]
  const free = await freePorts(names.length)
  const ports = Object.fromEntries(names.map((name, n) => [name, String(free[n])])) as Record<(typeof names)[number], string>
  const began = performance.now()
  const demo = startProcess({
    name: 'demo',
    command: process.execPath,
    args: [main, '--fresh'],
    env: { DEMO_DIR: state, CONTROL_PORT: '0', ...ports },
    stopSignal: 'SIGINT',
  })
  try {
    const orders = `http://127.0.0.1:${ports.ORDERS_PORT}/orders`
    const { orderId } = await until(demo, () => ordered(orders))
    await until(demo, async () => (await (await fetch(`${orders}/${orderId}`)).json()).status === 'dispatched')
    return performance.now() - began
  } finally {
    await demo.stop(30_000)
    await rm(state, { recursive: true, force: true, maxRetries: 3 })
  }
}

const order = { customer: { id: 'c-1', email: 'ada.1@example.com' }, items: [{ sku: 'mug-blue', quantity: 1 }], paymentToken: 'tok_ok' }

async function ordered(url: string): Promise<{ orderId: string } | undefined> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'the-first-order' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(order) })
  return answer.status === 201 ? await answer.json() : undefined
}

/** Asks every 10 ms. */
async function until<T>(demo: RunningProcess, look: () => Promise<T>): Promise<NonNullable<T>> {
  for (const end = performance.now() + LONGEST_MS; performance.now() < end; await wait(10)) {
    if (demo.exit()) throw new Error(`the demo ended:\n${demo.tail()}`)
    const found = await look().catch(() => undefined)
    if (found) return found
  }
  throw new Error(`the demo took no order:\n${demo.tail()}`)
}
