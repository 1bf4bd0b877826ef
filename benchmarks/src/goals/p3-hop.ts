import { seeded } from '@quadrille/load'
import { serviceNames } from '@quadrille/testing'
import { openHops } from '../bare/hops.ts'
import type { Benchmark, Session } from '../benchmark.ts'
import { drawSums } from '../load/draws.ts'
import type { Generated } from '../load/generator.ts'
import { playOpenLoop, readingOfTimes } from '../shop/pace.ts'
import { createSaturation, play } from '../shop/saturation.ts'
import { openShop } from '../shop/shop.ts'
import type { World } from '../world.ts'

const RATE = 200
const DRAWS = 20_000
const WARM_UP = { rate: RATE, seconds: 3 }

export const hop: Benchmark = {
  name: 'hop',
  goal: 'P3',
  title: 'one hop: an order is committed by orders, then its charge by payments',
  sides: {
    one: `one instance of each service, ${RATE} orders a second`,
    limit: 'a bare trip through Kafka and a bare commit, one draw of each added up',
    two: `two instances of each service, ${RATE} orders a second, all asked of the first`,
  },
  figures: { p50: 'ms', p90: 'ms', p99: 'ms', p999: 'ms' },
  comparisons: [
    ratio('one', 'p50', { must: 2.5, stretch: 1.5 }),
    ratio('one', 'p99', { must: 4, stretch: 2 }),
    ratio('two', 'p50'),
    ratio('two', 'p99'),
  ],
  slotFactor: 0.6,
  warmUps: 0,
  minutes: 1.5,
  open,
}

function ratio(of: string, figure: string, aim: { readonly must?: number; readonly stretch?: number } = {}) {
  const instances = of === 'one' ? 'one instance of each' : 'two instances of each'
  return { name: `${instances} ÷ limit, ${figure}`, of, to: 'limit', figure, aims: 'down' as const, ...aim }
}

async function open(world: World): Promise<Session> {
  const shop = await openShop(world)
  const hops = await openHops(world)
  const seconds = serviceNames.map((name) => `${name}-2` as const)
  let two = false
  let load: Generated | undefined

  await createSaturation(shop, world).warmUp()
  await hops.warmUp()

  async function become(more: boolean) {
    await Promise.all(seconds.map((name) => (more ? shop.stack.start(name) : shop.stack.stop(name))))
    two = more
    await shop.books.ledger((await play(shop, WARM_UP)).load) // also until the groups have found one another again
  }

  return {
    conditions: { ...shop.conditions, clock: 'both ends as PostgreSQL writes the commits, by one wall clock: each before its own flush' },
    processes: () => shop.pids(),
    async prepare(side) {
      if (side !== 'limit' && two !== (side === 'two')) await become(side === 'two')
    },
    async measure(side, slotMs) {
      load = undefined
      if (side === 'limit') {
        const { trip, commit } = await hops.steps(slotMs)
        return readingOfTimes(drawSums([trip, commit], DRAWS, seeded(1)))
      }
      const played = await playOpenLoop(shop, RATE, slotMs)
      load = played.load
      return readingOfTimes(played.journeys.map(({ accepted, charging }) => Math.max(0, charging - accepted)))
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    async close() {
      await hops.close()
      await shop.close()
    },
  }
}
