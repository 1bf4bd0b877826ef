import type { Emitter } from '@quadrille/contracts'

/** Whose topics each group reads. Not discovered: a group that never came up must be shown too. */
export const reads: Readonly<Record<Emitter, readonly Emitter[]>> = {
  orders: ['payments', 'warehouse'],
  payments: ['orders', 'warehouse'],
  loyalty: ['orders', 'payments'],
  email: ['orders', 'payments', 'warehouse'],
  warehouse: ['orders', 'payments'],
}
