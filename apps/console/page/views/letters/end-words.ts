import type { Kind } from './selection.ts'

const REDRIVE =
  'Each order’s parked events run again, in order, and it stops at the first that fails again. Twice is harmless: what has passed is closed. No other order is touched, and nothing is charged or mailed twice.'
const DISCARD = 'They are closed unhandled, and stay for the record; what waits behind them then runs.'

/** What it does, and what it does not. `foreign`: no outbox has any of the records, and the genuine events are there. */
export function aboutEnd(kind: Kind, foreign: boolean): string {
  if (kind === 'redrive') return REDRIVE
  const then = foreign
    ? 'They came from no outbox, and the genuine events are there: no order loses anything, so do not cancel it.'
    : 'Where an order’s own event is discarded, end that order with the operators’ cancel.'
  return `${DISCARD} ${then}`
}
