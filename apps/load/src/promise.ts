import type { PlacedOrder } from './place.ts'

export type End = 'dispatched' | 'payment_failed' | 'out_of_stock' | 'cancelled'

/** A promise that the invariant checker can hold the system to. */
export interface Promised {
  readonly orderId: string
  readonly key: string
  readonly ends: readonly End[]
}

const certain = {
  paid: ['dispatched'],
  declined: ['payment_failed'],
  short: ['out_of_stock'],
  scarce: ['dispatched', 'out_of_stock'],
} as const

/** How an order may end, given what was done to it. */
export function endsOf({ fate, cancel }: Pick<PlacedOrder, 'fate' | 'cancel'>): readonly End[] {
  if (fate !== 'cancelled') return certain[fate]
  if (cancel === 'unanswered') return ['cancelled', 'dispatched']
  return cancel === 'accepted' ? ['cancelled'] : ['dispatched']
}

/** What was promised with these orders. If the same key was answered with two of them, both are named. */
export const promisedBy = (placed: readonly PlacedOrder[]): Promised[] =>
  placed.flatMap((order) =>
    [...new Set([order.orderId, order.again ?? order.orderId])].map((orderId) => ({ orderId, key: order.key, ends: endsOf(order) })),
  )
