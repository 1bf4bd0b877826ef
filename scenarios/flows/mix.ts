import { waitFor } from '@quadrille/testing'
import type { Shop, Wish } from '../stack/shop.ts'

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Asked extends Wish {
  /** Milliseconds after the answer. */
  readonly cancelAfter?: number
  /** The same request comes twice. */
  readonly again?: boolean
}

const AMPLE = ['mug-blue', 'mug-cream', 'tea-assam', 'tea-sencha', 'coffee-beans', 'kettle-steel', 'filter-paper', 'scale-brew']

/** What customers of an ordinary day ask for, with all that can go wrong. */
export function mixOf(count: number, random: () => number): Asked[] {
  const pick = <T>(choices: readonly T[]) => choices[Math.floor(random() * choices.length)]!
  const lines = () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({ sku: pick(AMPLE), quantity: 1 + Math.floor(random() * 4) }))
  return Array.from({ length: count }, (_, place) => {
    const ordinary = { items: lines(), customer: `c-${Math.floor(random() * 40)}`, key: `mix-${place}`, again: random() < 0.1 }
    const fate = random()
    if (fate < 0.1) return { ...ordinary, token: 'tok_declined', ends: 'payment_failed' }
    if (fate < 0.15) return { ...ordinary, items: [{ sku: 'cup-moon', quantity: 1 }], ends: 'out_of_stock' }
    // Five of these are there; who gets them is anybody's guess.
    if (fate < 0.19) return { ...ordinary, items: [{ sku: 'teapot-raku', quantity: 1 }], ends: ['dispatched', 'out_of_stock'] }
    if (fate < 0.31) return { ...ordinary, token: pick(['tok_ok', 'tok_slow', 'tok_flaky']), cancelAfter: random() * 1_500 }
    return { ...ordinary, token: pick(['tok_ok', 'tok_ok', 'tok_ok', 'tok_flaky', 'tok_unavailable_once']), ends: 'dispatched' }
  })
}

/** Places them, `atOnce` at a time, and cancels whom it should. */
export async function placeAll(shop: Shop, mix: readonly Asked[], atOnce: number): Promise<void> {
  const left = [...mix]
  const customer = async () => {
    for (let wish = left.shift(); wish; wish = left.shift()) await placeOne(shop, wish)
  }
  await Promise.all(Array.from({ length: atOnce }, customer))
}

async function placeOne(shop: Shop, wish: Asked): Promise<void> {
  const orderId = await shop.place(wish)
  if (wish.again) await shop.place(wish)
  if (wish.cancelAfter === undefined) return
  const from = performance.now()
  await waitFor(() => performance.now() - from > wish.cancelAfter!)
  await shop.cancel(orderId)
}
