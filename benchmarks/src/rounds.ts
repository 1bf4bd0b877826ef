/** One measurement to make. */
export interface Slot {
  readonly round: number
  readonly side: string
}

/**
 * Every side once a round, and every other round backwards: with two sides that is ABBA. A machine that grows slower all the while
 * then does no side more harm than another.
 */
export const planRounds = (sides: readonly string[], rounds: number): Slot[] =>
  Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? [...sides] : sides.toReversed()).map((side) => ({ round, side }))).flat()
