import { type PlacedOrder, type Placement, placeStream, promisedBy, readWares } from '@quadrille/load'
import { waitFor } from '@quadrille/testing'
import type { Shop } from '../stack/shop.ts'

export interface LoadOptions {
  readonly shop: Shop
  readonly url: string
  readonly seed: number
  /** Told apart by it: the same seed in another row is other orders. */
  readonly run: string
  readonly rate: number
}

/** Orders that come all the while, whatever happens to the system: an open loop. */
export interface Load {
  /** Resolves when so many more have been promised than now. */
  more(count: number, deadline?: number): Promise<void>
  /** No new ones; resolves when everything begun was answered. What was promised is told to the checker. */
  end(): Promise<Placement>
}

export async function beginLoad({ shop, url, seed, run, rate }: LoadOptions): Promise<Load> {
  const ending = new AbortController()
  const promised: PlacedOrder[] = []
  const stream = placeStream({
    shop: url,
    seed,
    run,
    rate,
    wares: await readWares(),
    tokens: ['tok_ok', 'tok_ok', 'tok_ok', 'tok_flaky', 'tok_unavailable_once'],
    latestCancelMs: 3_000,
    patienceMs: 120_000,
    signal: ending.signal,
    onPlaced: (order) => void promised.push(order),
  })
  stream.catch(() => undefined) // told at the end
  return {
    async more(count, deadline = 60_000) {
      const from = promised.length
      await waitFor(() => promised.length >= from + count, {
        deadline,
        what: `${count} more orders`,
        diagnose: () => promised.length - from,
      })
    },
    async end() {
      ending.abort()
      const placement = await stream
      shop.promised(promisedBy(placement.placed))
      return placement
    },
  }
}
