import type { Reading } from '../benchmark.ts'
import { assertLedger } from '../ledger.ts'
import type { Generated } from '../load/generator.ts'
import { TICKS } from '../processor-time.ts'
import { takeSnapshot } from '../quiet.ts'
import type { World } from '../world.ts'
import type { Journey } from './books.ts'
import type { How, Shop } from './shop.ts'

/** A load and what became of it. */
export interface Played {
  readonly load: Generated
  readonly journeys: readonly Journey[]
  /** Orders dispatched a second, from the first request to the last dispatch. */
  readonly rate: number
  /** Orders a second until every mail was sent and every point given, the second for which points are held included: what can be carried for long. */
  readonly sustained: number
  /** Processor milliseconds of all of the shop, Kafka and PostgreSQL for an order, until every mail is sent; NaN without /proc. */
  readonly cpu: number
}

/** Places orders and waits for their end. */
export async function play({ books, pids, place }: Shop, how: How): Promise<Played> {
  const before = takeSnapshot(pids())
  const placing = performance.now()
  const load = await place(how)
  await books.ended(load)
  const elapsedMs = performance.now() - placing
  const after = takeSnapshot(pids())
  const journeys = await books.journeys(load)
  const begun = Math.min(...load.placed.map(({ intended }) => intended))
  const ended = Math.max(...journeys.map(({ dispatched }) => dispatched))
  const orders = load.placed.length
  const ticks = before && after ? total(after.byProcess) - total(before.byProcess) : Number.NaN
  const rate = (1_000 * orders) / (ended - begun)
  return { load, journeys, rate, sustained: (1_000 * orders) / elapsedMs, cpu: (1_000 * ticks) / TICKS / orders }
}

const total = (ticks: Readonly<Record<string, number>>) => Object.values(ticks).reduce((sum, one) => sum + one, 0)

/** As many as keep every service busy; more would only wait. */
const CONCURRENCY = 64
// Fewer tell of the way of a single order, not of how many there are at once
const LEAST = { usual: 2_000, quick: 1_000 }
const WARM_UP = 1_000

/** Orders as fast as they are taken, for about as long as a slot: how many that is was learnt from the time before. */
export function createSaturation(shop: Shop, { quick, say }: Pick<World, 'quick' | 'say'>) {
  const least = quick ? LEAST.quick : LEAST.usual
  let rate = 0

  async function saturate(orders: number): Promise<Played> {
    const played = await play(shop, { orders, concurrency: CONCURRENCY })
    rate = played.rate
    return played
  }

  return {
    play: (slotMs: number) => saturate(Math.max(least, Math.round((rate * slotMs) / 1_000))),
    /** Processes that have just begun are slow for reasons of their own. Tells how many orders a second can be carried for long. */
    async warmUp(): Promise<number> {
      let sustained = 0
      for (let time = 0; time < (quick ? 1 : 2); time++) {
        const played = await saturate(WARM_UP)
        assertLedger('warming up', await shop.books.ledger(played.load))
        sustained = played.sustained
      }
      say(`the shop dispatches ${rate.toFixed(0)} orders a second, and carries ${sustained.toFixed(0)}`)
      return sustained
    },
  }
}

export const readingOf = ({ rate, cpu, load }: Played): Reading => ({ figures: { rate, cpu }, done: load.placed.length })
