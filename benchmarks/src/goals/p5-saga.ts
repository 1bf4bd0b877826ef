import { seeded } from '@quadrille/load'
import { type Hops, openHops } from '../bare/hops.ts'
import type { Benchmark, Reading, Session } from '../benchmark.ts'
import { drawSums, type Samples } from '../load/draws.ts'
import type { Generated } from '../load/generator.ts'
import { playOpenLoop, readingOfTimes } from '../shop/pace.ts'
import { createSaturation, type Played } from '../shop/saturation.ts'
import { openShop } from '../shop/shop.ts'
import type { World } from '../world.ts'

/** Orders a second when there is little to do. */
const SLOW = 20
const DRAWS = 20_000

export const saga: Benchmark = {
  name: 'saga',
  goal: 'P5',
  title: 'from POST to dispatched, through five services',
  sides: {
    half: 'the shop at half of what it can do',
    limit: 'three bare commits, two bare trips through Kafka and a bare request, one draw of each added up',
    path: 'the same for every step that an order takes: five commits, three trips, two requests',
    'echo-half': 'a request and three trips through three processes of the same client, nothing else, as often as half asks',
    slow: `the shop at ${SLOW} orders a second`,
    'echo-slow': `the same echo at ${SLOW} a second`,
  },
  figures: { p50: 'ms', p90: 'ms', p99: 'ms', p999: 'ms', late: '% of starts over 1 ms late' },
  comparisons: [
    ratio('half', 'limit', 'p50', { must: 2.5, stretch: 1.5 }),
    ratio('half', 'limit', 'p99', { must: 4, stretch: 2 }),
    ratio('half', 'path', 'p50'),
    ratio('half', 'path', 'p99'),
    ratio('half', 'echo-half', 'p50'),
    ratio('half', 'echo-half', 'p99'),
    ratio('slow', 'echo-slow', 'p50'),
    ratio('slow', 'echo-slow', 'p99'),
  ],
  slotFactor: 0.6,
  warmUps: 0,
  minutes: 2.8,
  open,
}

function ratio(of: string, to: string, figure: string, aim: { readonly must?: number; readonly stretch?: number } = {}) {
  return { name: `${of} ÷ ${to}, ${figure}`, of, to, figure, aims: 'down' as const, ...aim }
}

async function open(world: World): Promise<Session> {
  const shop = await openShop(world)
  const hops = await openHops(world)
  const rate = await createSaturation(shop, world).warmUp()
  await hops.warmUp()
  const half = rate / 2
  const slow = Math.min(SLOW, half)
  let load: Generated | undefined
  let steps: Hops | undefined

  async function orders(rate: number, ms: number): Promise<Reading> {
    const played = await playOpenLoop(shop, rate, ms)
    load = played.load
    const { figures, ...rest } = readingOfTimes(timesOf(played))
    return { ...rest, figures: { ...figures, late: 100 * played.late }, notes: { rate, ...stagesOf(played) } }
  }

  async function limit(side: string, ms: number): Promise<Reading> {
    const known = steps
    const { commit, trip, request } = known ?? (await hops.steps(ms))
    steps = known ? undefined : { commit, trip, request } // both limits of a round are drawn from the same samples
    const wanted =
      side === 'path' ? [...Array(5).fill(commit), ...Array(3).fill(trip), request, request] : [commit, commit, commit, trip, trip, request]
    const times = drawSums(wanted, DRAWS, seeded(1))
    return { ...readingOfTimes(times), notes: { commit: middle(commit), trip: middle(trip), request: middle(request) } }
  }

  return {
    conditions: {
      ...shop.conditions,
      half: `${half.toFixed(0)} orders/s`,
      end: 'the moment at which PostgreSQL writes the commit of orders, by the same wall clock; its flush, about one bare commit, is not in it',
      late: 'times count from the intended start; a slot whose generator was late with more than 1 % of its starts is measured once more',
    },
    processes: () => shop.pids(),
    async measure(side, slotMs) {
      load = undefined
      if (side === 'limit' || side === 'path') return limit(side, slotMs)
      const rate = side.endsWith('slow') ? slow : half
      return side.startsWith('echo') ? readingOfTimes(await hops.race(rate, slotMs)) : orders(rate, slotMs)
    },
    check: async () => (load ? shop.books.ledger(load) : []),
    async close() {
      await hops.close()
      await shop.close()
    },
  }
}

const timesOf = ({ load: { placed }, journeys }: Played): Samples => {
  const intended = new Map(placed.map((order) => [order.orderId, order.intended]))
  return journeys.map(({ orderId, dispatched }) => dispatched - intended.get(orderId)!)
}

/** How far the middle order had come after how long. */
function stagesOf({ load: { placed }, journeys }: Played): Record<string, number> {
  const intended = new Map(placed.map((order) => [order.orderId, order.intended]))
  const after = (of: 'accepted' | 'charging' | 'sent') => middle(journeys.map((one) => one[of] - intended.get(one.orderId)!))
  return {
    accepted: after('accepted'),
    charging: after('charging'),
    sent: after('sent'),
    answered: middle(placed.map((one) => one.answered - one.intended)),
  }
}

const middle = (samples: Samples) => samples.toSorted((one, other) => one - other)[Math.floor(samples.length / 2)]!
