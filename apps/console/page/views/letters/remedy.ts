import { WAITING } from './code-groups.ts'

/** What to do about letters of a code, as the runbook has it. */
export interface Remedy {
  /** Whose fault it is. */
  readonly cause: string
  readonly what: string
  readonly action: 'redrive' | 'discard' | 'none'
}

/** A record that is no event, or breaks its contract: it fails again however often it is tried. */
const isBroken = (code: string) => code === 'UNDECODABLE' || code.startsWith('CONTRACT_')

const waits: Remedy = {
  cause: 'Nothing is wrong with it.',
  what: 'It waits behind an earlier event of its order, and runs by itself once that one is redriven or discarded.',
  action: 'none',
}
const broken: Remedy = {
  cause: 'The record breaks its contract: it would fail again.',
  what: 'Find its sender, then discard it with a reason; what waits behind it then runs. If it was its emitter’s own event, it is lost with that: end its order by the operators’ cancel.',
  action: 'discard',
}
const HARMLESS =
  'If you cannot tell, one redrive is harmless: the provider is asked first by the same key, so nothing is charged twice; refused again, the letter stays open as it is.'
const refused: Remedy = {
  cause: 'The provider refused the effect, and that is no business answer.',
  what: `Its own words are below: ask it what they mean and have it mended there, then redrive one and see what comes of it. ${HARMLESS}`,
  action: 'redrive',
}

/** By the provider's own code, as the runbook has it. */
const refusals: Readonly<Record<string, Omit<Remedy, 'action'>>> = {
  'token-unknown': {
    cause: 'The provider does not know the bank of this card (token-unknown): no money has moved.',
    what: `Ask the provider to take that bank on, then redrive one, see what comes of it, and redrive the rest. ${HARMLESS}`,
  },
  'key-reused': {
    cause: 'The provider has an entry under this key, with another amount or card (key-reused): our bug.',
    what: 'A redrive takes that entry for its answer: look into the provider’s books, and do it only if amount and card are the order’s.',
  },
  'charge-unknown': {
    cause: 'The provider knows no capture to give back (charge-unknown).',
    what: 'Compare its books with ours, and redrive when it has found the charge.',
  },
  'refund-too-large': {
    cause: 'The provider has less left to give back than is asked for (refund-too-large): somebody gave money back by hand.',
    what: 'Where its books show all of it back, discard with a reason.',
  },
}
const bug: Remedy = {
  cause: 'Its handler failed: our bug.',
  what: 'Deploy the fix, then redrive. Twice is harmless: what has passed is closed, and an order stops at its first event that fails again.',
  action: 'redrive',
}

/** @param error tells of a refused effect what the provider said */
export function remedyOf(code: string, error = ''): Remedy {
  if (code === WAITING) return waits
  if (isBroken(code)) return broken
  if (code !== 'EFFECT_REFUSED') return bug
  const known = Object.keys(refusals).find((one) => error.includes(one))
  return known ? { ...refused, ...refusals[known] } : refused
}
