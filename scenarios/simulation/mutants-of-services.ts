import { ignore } from '@quadrille/messaging'
import { type AnyFunction, type Around, changed, handling, performing } from './changed.ts'
import type { AnyDefinition } from './fleet.ts'

const ifKnown =
  (handler: AnyFunction): AnyFunction =>
  (state, ...more) =>
    state.status === 'none' ? { state } : handler(state, ...more)

const keeping: Around =
  (stopped) =>
  (reward, ...more) =>
    reward.status === 'awarded' ? { state: reward } : stopped(reward, ...more)

/** The services' faults. */
export const serviceMutants: Readonly<Record<string, (service: AnyDefinition) => AnyDefinition>> = {
  'payments forgets a stop that came while it was charging': performing('payments', 'charge-card', ({ outcome }) => ({
    outcome: (payment: object, ...more: unknown[]) => outcome({ ...payment, stop: false }, ...more),
  })),
  'payments ignores StockShort': handling('payments', 'warehouse', 'StockShort', () => ignore),
  'payments charges under a new key each time, and does not ask': performing('payments', 'charge-card', ({ perform }) => ({
    perform: (charge: object, attempt: { key: string; again: boolean }) =>
      perform(charge, attempt.again ? { ...attempt, key: `again:${attempt.key.slice('capture:'.length)}`, again: false } : attempt),
  })),
  'warehouse misses a payment that came before the order': handling('warehouse', 'payments', 'PaymentCaptured', ifKnown),
  'warehouse forgets a decline that came before the order': handling('warehouse', 'payments', 'PaymentFailed', ifKnown),
  'warehouse keeps the stock of a declined order': handling('warehouse', 'payments', 'PaymentFailed', () => ignore),
  'warehouse oversells': handling(
    'warehouse',
    'orders',
    'OrderPlaced',
    (placed) => (allocation, fact, shelf) =>
      placed(allocation, fact, new Map([...shelf].map(([sku, stock]) => [sku, { ...stock, onHand: stock.onHand + 100 }]))),
  ),
  'orders lets a dispatch win over a cancel': handling(
    'orders',
    'warehouse',
    'OrderDispatched',
    (dispatched) =>
      (order, ...more) =>
        order.status === 'cancelled' ? { state: { ...order, status: 'dispatched' } } : dispatched(order, ...more),
  ),
  'orders gives each event a correlation of its own': changed('orders', () => ({ correlation: () => `c-${Math.random()}` })),
  'orders forgets its Idempotency-Keys': changed('orders', ({ commands }) => ({
    commands: {
      ...commands,
      place: ((order, { idempotency, ...command }, ...more) =>
        commands!.place!(order, command as never, ...(more as [never, never]))) as AnyFunction,
    },
  })),
  'loyalty does not look again when the hold is over': performing('loyalty', 'award-points', ({ outcome }) => ({
    outcome: (reward: object, ...more: unknown[]) => outcome({ ...reward, stop: false }, ...more),
  })),
  'loyalty does not take points back': (service) =>
    handling('loyalty', 'payments', 'PaymentRefunded', keeping)(handling('loyalty', 'orders', 'OrderCancelled', keeping)(service)),
  'email stumbles over a refund': handling('email', 'payments', 'PaymentRefunded', () => () => {
    throw new TypeError('a bug')
  }),
  'email forgets what waits for the address': handling('email', 'orders', 'OrderPlaced', (placed) => (before, ...more) => ({
    ...placed(before, ...more),
    effects: [],
  })),
  // one of 25 histories is read again with an emptied inbox: there the effect's key is what absorbs the repeat
  'email mails whatever it hears, under a new key each time': handling(
    'email',
    'warehouse',
    'OrderDispatched',
    (dispatched) =>
      (before, ...more) => {
        const { mails } = before as { mails: readonly { fact: string }[] }
        const forgetful = { ...before, mails: mails.filter(({ fact }) => fact !== 'OrderDispatched') }
        const { effects = [], ...decision } = dispatched(forgetful, ...more)
        return { ...decision, effects: effects.map((effect: object) => ({ ...effect, key: `mail:${Math.random()}` })) }
      },
  ),
}
