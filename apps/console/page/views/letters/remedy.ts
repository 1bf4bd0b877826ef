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
const refused: Remedy = {
  cause: 'The provider refused the effect, and that is no business answer.',
  what: 'Repair the cause at the provider, then redrive: the effect is tried again, and its outcome frees the order.',
  action: 'redrive',
}
const bug: Remedy = {
  cause: 'Its handler failed: our bug.',
  what: 'Deploy the fix, then redrive. Twice is harmless: what has passed is closed, and an order stops at its first event that fails again.',
  action: 'redrive',
}

export function remedyOf(code: string): Remedy {
  if (code === WAITING) return waits
  if (isBroken(code)) return broken
  return code === 'EFFECT_REFUSED' ? refused : bug
}
