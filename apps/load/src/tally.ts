import type { Outcome, PlacedOrder } from './place.ts'

/** What happened since it was last told. */
export interface Summary {
  readonly placed: number
  readonly refused: number
  readonly unanswered: number
  /** The slowest answer, from the moment the order was meant to be sent. */
  readonly slowestMs: number
}

const nothing: Summary = { placed: 0, refused: 0, unanswered: 0, slowestMs: 0 }

/** Counts without keeping: a stream of orders may go on for weeks. */
export function createTally() {
  let now = nothing
  return {
    placed({ answeredAt, intendedAt }: PlacedOrder) {
      now = { ...now, placed: now.placed + 1, slowestMs: Math.max(now.slowestMs, Math.round(answeredAt - intendedAt)) }
    },
    ended(outcome: Outcome) {
      if ('refused' in outcome) now = { ...now, refused: now.refused + 1 }
      if ('unanswered' in outcome) now = { ...now, unanswered: now.unanswered + 1 }
    },
    /** Tells, and begins again. */
    take(): Summary {
      const taken = now
      now = nothing
      return taken
    },
  }
}
