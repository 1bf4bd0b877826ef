import { backoff, codeOf, describeError, type Pause, type ReplayingKafka, type Trx } from '@quadrille/messaging'
import type { Logger } from '@quadrille/service-kit'

export interface Refill {
  readonly kafka: Pick<ReplayingKafka, 'groupMembers' | 'deleteGroup'>
  readonly trx: Trx
  readonly group: string
  readonly log: Pick<Logger, 'warn'>
  readonly pause: Pause
  readonly ending: AbortSignal
}

// A member that died is forgotten after its session, 10 s. One that stays for half a minute lives, and reads into the same database.
const MOST_LOOKS = 45

/** A model without events begins at the oldest record: whatever its group had read, was read into a database that is no more. */
export async function fromTheStart({ kafka, trx, group, log, pause, ending }: Refill): Promise<void> {
  let told = false
  let looks = 0
  for (let attempt = 1; looks < MOST_LOOKS && !ending.aborted; attempt++) {
    try {
      if ((await trx.query('select from events limit 1')).length > 0) return
      const { members, state } = await kafka.groupMembers(group)
      if (state === 'Dead') return // Kafka's word for a group that it does not know
      if (members === 0) return await kafka.deleteGroup(group)
      looks++
    } catch (error) {
      if (!told) log.warn({ failure: describeError(error) }, 'the read model cannot be filled yet')
      told = true
    }
    await pause(backoff(attempt, { from: 250, to: 1_000 }), ending).catch(() => undefined)
  }
}

/** A table that was there is missing: somebody made the database anew. */
export const isEmptied = (error: unknown) => codeOf(error) === '42P01'
