import type { Effect } from '../../../src/api-types.ts'
import { duration } from '../../widgets/words.ts'

/** An outbox this old means that its relay does not send: as the alert `OutboxStuck` has it. */
export const STUCK_SECONDS = 10
/** Due for so long, an effect waits for somebody who does not answer: as the alert `EffectsWaiting` has it. */
export const OVERDUE_SECONDS = 30

/** Its time has come long ago, or an attempt has failed. */
export const waitsLong = ({ status, attempts, runAt, firstStartedAt }: Effect, now: number) =>
  status === 'due' &&
  (now - Date.parse(runAt) > OVERDUE_SECONDS * 1000 || (attempts > 0 && now - Date.parse(firstStartedAt ?? runAt) > OVERDUE_SECONDS * 1000))

/** What calls for somebody first: refused, then what waits long, then the rest by its time. */
export function inUrgency<E extends Effect>(effects: readonly E[], now: number): E[] {
  const rank = (effect: Effect) => (effect.status === 'refused' ? 0 : waitsLong(effect, now) ? 1 : 2)
  return [...effects].sort((a, b) => rank(a) - rank(b) || Date.parse(a.runAt) - Date.parse(b.runAt))
}

/** When it is tried next. */
export function nextTry({ status, runAt, leasedUntil }: Effect, now: number): string {
  if (status === 'refused') return 'when redriven'
  if (leasedUntil !== null && Date.parse(leasedUntil) > now) return 'under way'
  const ms = Date.parse(runAt) - now
  return ms > 0 ? `in ${duration(ms)}` : 'now'
}
