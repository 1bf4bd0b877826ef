import { seeded } from '@quadrille/load'
import { serviceNames } from '@quadrille/testing'
import { openHops } from '../bare/hops.ts'
import type { Benchmark, Session } from '../benchmark.ts'
import { assertLedger } from '../ledger.ts'
import { drawSums } from '../load/draws.ts'
import type { Generated } from '../load/generator.ts'
import { playOpenLoop, readingOfTimes } from '../shop/pace.ts'
import { createSaturation, play } from '../shop/saturation.ts'
import { openShop } from '../shop/shop.ts'
import type { World } from '../world.ts'

const DRAWS = 20_000
/** Enough for the groups to have found one another again. */
const WARM_UP = { orders: 300, concurrency: 64 }
/** Shares of what the shop can carry, mails and all, learnt before anything is measured: beyond all of it a backlog would be measured. */
const shares = { calm: 0.2, busy: 0.8 }
const loads = {
  one: { two: false, share: shares.calm },
  'one-busy': { two: false, share: shares.busy },
  two: { two: true, share: shares.calm },
  'two-busy': { two: true, share: shares.busy },
}
type Load = keyof typeof loads

export const hop: Benchmark = {
  name: 'hop',
  goal: 'P3',
  title: 'one hop: an order is committed by orders, then its charge by payments',
  sides: {
    one: 'one instance of each service, at 20 % of what they can do',
    'one-busy': 'one instance of each service, at 80 %',
    limit: 'a bare trip through Kafka and a bare commit, 200 of each a second, one draw of each added up',
    two: 'two instances of each service, all asked of the first, at 20 % of what they can do',
    'two-busy': 'two instances of each service, at 80 %',
  },
  figures: { p50: 'ms', p90: 'ms', p99: 'ms', p999: 'ms', late: '% of starts over 1 ms late' },
  comparisons: [
    ratio('one', 'one instance of each, 20 %', 'p50', { must: 2.5, stretch: 1.5 }),
    ratio('one', 'one instance of each, 20 %', 'p99', { must: 4, stretch: 2 }),
    ...(['p50', 'p99'] as const).flatMap((figure) => [
      ratio('one-busy', 'one instance of each, 80 %', figure),
      ratio('two', 'two instances of each, 20 %', figure),
      ratio('two-busy', 'two instances of each, 80 %', figure),
    ]),
  ],
  warmUps: 0,
  minutes: 4.5,
  open,
}

function ratio(of: Load, words: string, figure: string, aim: { readonly must?: number; readonly stretch?: number } = {}) {
  return { name: `${words} ÷ limit, ${figure}`, of, to: 'limit', figure, aims: 'down' as const, ...aim }
}

async function open(world: World): Promise<Session> {
  const shop = await openShop(world)
  const hops = await openHops(world)
  const seconds = serviceNames.map((name) => `${name}-2` as const)
  const learn = () => createSaturation(shop, world).warmUp()
  const rates = { one: await learn(), two: 0 }
  let two = false
  let load: Generated | undefined
  await hops.warmUp()

  /** Second instances are new each time, and cost twice as much until they are compiled. */
  async function become(more: boolean) {
    await Promise.all(seconds.map((name) => (more ? shop.stack.start(name) : shop.stack.stop(name))))
    two = more
    if (more) {
      const rate = await learn()
      rates.two ||= rate
    } else assertLedger('warming up', await shop.books.ledger((await play(shop, WARM_UP)).load))
  }

  return {
    get conditions() {
      return {
        ...shop.conditions,
        saturation: `${rates.one.toFixed(0)} orders/s with one instance of each service, ${rates.two.toFixed(0)} with two`,
        clock: 'both ends as PostgreSQL writes the commits, by one wall clock: each before its own flush',
      }
    },
    processes: () => shop.pids(),
    async prepare(side) {
      if (side !== 'limit' && two !== loads[side as Load].two) await become(!two)
    },
    async measure(side, slotMs) {
      load = undefined
      if (side === 'limit') {
        const { trip, commit } = await hops.steps(slotMs)
        return readingOfTimes(drawSums([trip, commit], DRAWS, seeded(1)))
      }
      const rate = loads[side as Load].share * (two ? rates.two : rates.one)
      const played = await playOpenLoop(shop, rate, slotMs)
      load = played.load
      const { figures, ...rest } = readingOfTimes(played.journeys.map(({ accepted, charging }) => Math.max(0, charging - accepted)))
      return { ...rest, figures: { ...figures, late: 100 * played.late }, notes: { rate } }
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    async close() {
      await hops.close()
      await shop.close()
    },
  }
}
