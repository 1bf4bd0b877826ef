import { setTimeout as wait } from 'node:timers/promises'
import { serviceNames } from '@quadrille/testing'
import { linearRegression, median } from 'simple-statistics'
import type { Benchmark, Session } from '../benchmark.ts'
import type { Generated } from '../load/generator.ts'
import { residentMb } from '../resident.ts'
import { createSaturation, play } from '../shop/saturation.ts'
import { openShop } from '../shop/shop.ts'
import { startWorker, type Worker } from '../worker.ts'
import type { World } from '../world.ts'

const LOOK_EVERY_MS = 250
/** Fewer show the warming up, not a leak. */
const LEAST_FOR_SLOPE = 100_000

export const memory: Benchmark = {
  name: 'memory',
  goal: 'P10',
  title: 'resident memory of each service',
  sides: {
    shop: 'under half of the load that it can carry, telemetry on: the median of the slot',
    bare: 'a process that is started with the same flags, has the same imports and does nothing',
  },
  figures: { ...Object.fromEntries(serviceNames.map((name) => [name, 'MB'])), slope: 'MB for 100,000 orders' },
  comparisons: [
    ...serviceNames.map((name) => ({
      ...{ name: `${name} ÷ its bare imports`, of: 'shop', to: 'bare', figure: name, aims: 'down' as const },
      ...{ must: 1.6, stretch: 1.35 },
    })),
    { name: 'the service that grows most, MB for 100,000 orders', of: 'shop', figure: 'slope', aims: 'down', must: 1 },
  ],
  slotFactor: 2,
  warmUps: 0,
  minutes: 1.5,
  open,
}

async function open(world: World): Promise<Session> {
  const shop = await openShop(world)
  const bare = new Map(await Promise.all(serviceNames.map(async (name) => [name, await importsOf(name)] as const)))
  const rate = (await createSaturation(shop, world).warmUp()) / 2
  const pids = () => Object.fromEntries(serviceNames.map((name) => [name, shop.pids()[name]!]))
  let load: Generated | undefined
  let orders = 0

  return {
    conditions: {
      ...shop.conditions,
      rate: `${rate.toFixed(0)} orders/s`,
      slope: `told where a slot has ${LEAST_FOR_SLOPE} orders, of its second half: --pairs 1 --slot 600000`,
    },
    processes: (side) => (side === 'shop' ? shop.pids() : {}),
    async measure(side, slotMs) {
      load = undefined
      if (side === 'bare') return { figures: residentMb(Object.fromEntries([...bare].map(([name, { pid }]) => [name, pid]))) }
      const ended = new AbortController()
      const looks = watch(pids, ended.signal)
      const played = await play(shop, { rate, seconds: slotMs / 1_000 }).finally(() => ended.abort())
      load = played.load
      orders += load.placed.length
      const seen = await looks
      const told = load.placed.length >= LEAST_FOR_SLOPE
      return { figures: { ...mediansOf(seen), ...(told && { slope: steepest(seen, load.placed.length) }) }, notes: { orders } }
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    async close() {
      await Promise.all([...bare.values()].map((worker) => worker.stop()))
      await shop.close()
    },
  }
}

const importsOf = async (service: string): Promise<Worker> => {
  const worker = await startWorker('src/bare/imports-worker.ts')
  await worker.call('load', service)
  return worker
}

async function watch(pids: () => Record<string, number>, signal: AbortSignal): Promise<Record<string, number>[]> {
  const looks: Record<string, number>[] = []
  while (!signal.aborted) {
    looks.push(residentMb(pids()))
    await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
  return looks
}

const mediansOf = (looks: readonly Record<string, number>[]) =>
  Object.fromEntries(serviceNames.map((name) => [name, median(looks.map((look) => look[name]!))]))

/** By a line through the second half: the first one still fills pools and compiles. */
function steepest(looks: readonly Record<string, number>[], orders: number): number {
  const half = looks.slice(looks.length / 2)
  const slopes = serviceNames.map((name) => linearRegression(half.map((look, at) => [at, look[name]!])).m)
  return (Math.max(...slopes) * looks.length * 100_000) / orders
}
