import type { Attempt } from '@quadrille/messaging'
import type { Charge, ChargeAnswer } from '../payment.ts'
import type { PaymentsWorld } from '../psp.ts'

/** Asks before it posts again: providers forget idempotency keys after a day, but not their charges. */
export async function askThenCharge(charge: Charge, { key, again, signal, world }: Attempt<PaymentsWorld>): Promise<ChargeAnswer> {
  const { amount, currency, token } = charge
  const known = again ? await world.psp.findCharge(key, signal) : undefined
  return known ?? world.psp.charge({ reference: key, amount, currency, token }, signal)
}
