import type { Reading } from '../benchmark.ts'
import { createLatencies, percentilesOf } from '../latencies.ts'
import { assertLedger } from '../ledger.ts'
import type { Samples } from '../load/draws.ts'
import { type Played, play } from './saturation.ts'
import type { Shop } from './shop.ts'

/** A generator that was late with more than this share of its orders, by more than a millisecond, measures itself. */
const MOST_LATE = 0.01
const TRIES = 2

/** Orders at moments of chance, whatever becomes of those before; again, if the generator itself was late. Tells how often it had to. */
export async function playOpenLoop(shop: Shop, rate: number, ms: number): Promise<Played & { readonly late: number }> {
  for (let tries = 1; ; tries++) {
    const played = await play(shop, { rate, seconds: ms / 1_000 })
    const late = lateShare(played)
    const few = late * played.load.placed.length <= 1.5 // one that is late says nothing of a small load
    if (late <= MOST_LATE || few || tries === TRIES) return { ...played, late }
    assertLedger('a slot whose generator was late', await shop.books.ledger(played.load))
  }
}

const lateShare = ({ load: { placed } }: Played) => placed.filter(({ begun, intended }) => begun - intended > 1).length / placed.length

/** Times as figures, and as a histogram to keep. */
export function readingOfTimes(times: Samples): Reading {
  const latencies = createLatencies()
  for (const ms of times) latencies.record(ms)
  const encoded = latencies.encoded()
  const { p50, p90, p99, p999 } = percentilesOf([encoded])
  return { figures: { p50, p90, p99, p999 }, done: times.length, histograms: { times: encoded } }
}
