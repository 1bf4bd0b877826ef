import type { Attempt } from '@quadrille/messaging'
import type { Refund, RefundAnswer } from '../payment.ts'
import type { PaymentsWorld } from '../psp.ts'

/** Asks before it posts again, as the charge does. */
export async function askThenRefund(refund: Refund, { key, again, signal, world }: Attempt<PaymentsWorld>): Promise<RefundAnswer> {
  const { amount, charge } = refund
  const known = again ? await world.psp.findRefund(key, signal) : undefined
  return known ?? world.psp.refund({ reference: key, charge, amount }, signal)
}
