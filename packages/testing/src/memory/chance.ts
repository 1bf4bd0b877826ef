/** Everything left to chance in one history, from one seed. */
export interface Chance {
  /** Like Math.random. */
  next(): number
  /** A whole number from 0 to `n` - 1. */
  below(n: number): number
  happens(probability: number): boolean
  pick<T>(choices: readonly T[]): T
}

/** Mulberry32: 32 bits of state are plenty for histories of some thousand choices, and it takes 5 ns. */
export function createChance(seed: number): Chance {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0
  function next() {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (n: number) => Math.floor(next() * n)
  return { next, below, happens: (probability) => next() < probability, pick: (choices) => choices[below(choices.length)]! }
}
