/** One measurement to make. */
export interface Slot {
  readonly round: number
  readonly side: string
}

/**
 * Every side once a round, and every other round backwards: with two sides that is ABBA. A machine that grows slower all the while
 * then does no side more harm than another. A side that is taken seldom has two rounds of four, one in each direction.
 */
export function planRounds(sides: readonly string[], rounds: number, seldom: readonly string[] = []): Slot[] {
  const inRound = (round: number) => sides.filter((side) => round % 4 < 2 || !seldom.includes(side))
  const inTurn = (round: number) => (round % 2 === 0 ? inRound(round) : inRound(round).toReversed())
  return Array.from({ length: rounds }, (_, round) => inTurn(round).map((side) => ({ round, side }))).flat()
}
