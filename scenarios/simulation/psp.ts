import { EffectRefused } from '@quadrille/messaging'
import type { Chance, Faults, Life, Scheduler } from '@quadrille/testing/memory'

interface Asked {
  readonly reference: string
  readonly amount: number
  readonly token?: string
}

type Charge = { readonly status: 'captured'; readonly chargeId: string } | { readonly status: 'declined'; readonly reason: string }

/** What the provider really did. It outlives every process, and nobody can talk it out of it. */
export interface LedgerEntry {
  readonly kind: 'capture' | 'refund'
  readonly reference: string
  readonly orderId: string
  readonly amount: number
}

/** The payment provider of one history. */
export interface SimulatedPsp {
  readonly ledger: LedgerEntry[]
  /** Until this virtual time it answers nobody. */
  downUntil: number
  /** How often an answer is lost, after the deed. */
  lostAnswers: number
  /** Until this virtual time it refuses whoever asks. */
  refusingUntil: number
  connect(life: Life): object
}

const orderOf = (reference: string) => reference.slice(reference.indexOf(':') + 1)

export function createPsp(scheduler: Scheduler, { note }: Pick<Faults, 'note'>): SimulatedPsp {
  const charges = new Map<string, Charge>()
  const refunds = new Map<string, { readonly refundId: string }>()
  const { chance } = scheduler

  function capture({ reference, amount, token }: Asked): Charge {
    const known = charges.get(reference)
    if (known) return known
    const charge: Charge =
      token === 'tok_declined' ? { status: 'declined', reason: 'insufficient funds' } : { status: 'captured', chargeId: `ch-${reference}` }
    charges.set(reference, charge)
    if (charge.status === 'captured') psp.ledger.push({ kind: 'capture', reference, orderId: orderOf(reference), amount })
    return charge
  }

  function giveBack({ reference, amount }: Asked) {
    const known = refunds.get(reference)
    if (known) return known
    const refund = { refundId: `re-${reference}` }
    refunds.set(reference, refund)
    psp.ledger.push({ kind: 'refund', reference, orderId: orderOf(reference), amount })
    return refund
  }

  function turnAway() {
    if (scheduler.now() < psp.downUntil) {
      note('providerDown')
      throw new Error('the provider answered 503')
    }
    if (scheduler.now() < psp.refusingUntil) {
      note('refused')
      throw new EffectRefused('the provider answered 401')
    }
  }

  /** Over the network: there, and, unless it is lost, back. */
  const call =
    (life: Life) =>
    async <T>(deed: () => T, slow: boolean): Promise<T> => {
      await scheduler.step(life)
      turnAway()
      const known = psp.ledger.length
      const answer = deed()
      const changed = psp.ledger.length > known
      await (slow ? scheduler.rest(life, 1 + chance.below(500)) : scheduler.step(life))
      if (isLost(chance, psp.lostAnswers)) {
        note(changed ? 'captureUnanswered' : 'providerUnanswered')
        throw new Error('the connection to the provider broke')
      }
      return answer
    }

  const psp: SimulatedPsp = {
    ledger: [],
    downUntil: 0,
    lostAnswers: 0,
    refusingUntil: 0,
    connect(life) {
      const over = call(life)
      return {
        charge: (asked: Asked) => over(() => capture(asked), asked.token === 'tok_slow'),
        findCharge: (reference: string) => over(() => charges.get(reference), false),
        refund: (asked: Asked) => over(() => giveBack(asked), false),
        findRefund: (reference: string) => over(() => refunds.get(reference), false),
      }
    },
  }
  return psp
}

const isLost = (chance: Chance, probability: number) => probability > 0 && chance.happens(probability)
