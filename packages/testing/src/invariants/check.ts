import { onlyPlantedLetters } from './dead-letters.ts'
import { nothingLostNothingMade } from './delivery.ts'
import { everyOrderEnds } from './ends.ts'
import { everythingHasACause, sequencesHaveNoGap } from './journeys.ts'
import { oneMailPerFact } from './mails.ts'
import { moneyAddsUp } from './money.ts'
import { pointsAreRight } from './points.ts'
import { readSnapshot } from './read-snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import { stockAddsUp } from './stock.ts'
import { type Invariant, survey, type Violation } from './survey.ts'
import type { CheckTargets } from './targets.ts'

/** I1 to I9; I10 needs services that can be stopped, see `replayFromZero`. */
const invariants: readonly Invariant[] = [
  everyOrderEnds,
  moneyAddsUp,
  stockAddsUp,
  pointsAreRight,
  oneMailPerFact,
  nothingLostNothingMade,
  sequencesHaveNoGap,
  onlyPlantedLetters,
  everythingHasACause,
]

/** Whatever is not as promised in a quiet system. Reads databases, topics, the provider's ledger and the mailbox; asks no service. */
export async function checkInvariants(targets: CheckTargets): Promise<Violation[]> {
  return checkSnapshot(await readSnapshot(targets))
}

/** The pure part of `checkInvariants`. */
export function checkSnapshot(snapshot: Snapshot): Violation[] {
  const surveyed = survey(snapshot)
  return invariants.flatMap((invariant) => [...invariant(surveyed)])
}
