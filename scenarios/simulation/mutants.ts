import { ignore, type Kafka, type OutboxRow, type OutboxStore, type SetStore, type SetTransaction } from '@quadrille/messaging'
import type { MemoryDatabase, Mutants } from '@quadrille/testing/memory'
import { type AnyFunction, type Around, changed, handling, performing } from './changed.ts'
import type { AnyDefinition } from './fleet.ts'

/*
 * What could be wrong with the system, one fault each. The simulation is worth something only because it finds them all.
 * Faults of the runtime are put into its ports; faults of a service into its definition.
 */

const changing = (change: (trx: SetTransaction, database: MemoryDatabase, store: SetStore) => Partial<SetTransaction>): Mutants => ({
  sets: (store, database) => ({ transact: (work) => store.transact((trx) => work({ ...trx, ...change(trx, database, store) })) }),
})

const nobody: readonly never[] = []
const nothing = {
  states: nobody,
  shared: nobody,
  events: nobody,
  sequences: new Map(),
  effects: nobody,
  ended: nobody,
  due: nobody,
  parked: nobody,
  failedAgain: nobody,
  closed: nobody,
  letters: nobody,
  streams: new Map(),
}

const rereading = (change: (store: OutboxStore) => OutboxStore['markAndRead']): Mutants => ({
  outbox: (store) => ({ ...store, markAndRead: change(store) }),
})

/** Rows that come again were tried and not acknowledged: the mutant leaves them for later. */
function passingOver(store: OutboxStore): OutboxStore['markAndRead'] {
  let tried = new Set<string>()
  return async (acknowledged, limits) => {
    const rows = await store.markAndRead(acknowledged, limits)
    const fresh = rows.filter(({ id }) => !tried.has(id))
    const chosen = fresh.length > 0 ? fresh : rows
    tried = new Set(chosen.map(({ id }) => id))
    return chosen
  }
}

/** Ids become visible out of order: what a late transaction shows lies behind the cursor. */
function readingAhead(store: OutboxStore): OutboxStore['markAndRead'] {
  let last = 0
  return async (acknowledged, limits) => {
    const rows = (await store.markAndRead(acknowledged, limits)).filter(({ id }) => Number(id) > last)
    last = Math.max(last, ...rows.map(({ id }: OutboxRow) => Number(id)))
    return rows
  }
}

/** The runtime's faults. Those of dedupe and fencing show only in a service that counts. */
export const runtimeMutants: Readonly<Record<string, { readonly mutants: Mutants; readonly counted?: true }>> = {
  'claims in another transaction': {
    counted: true,
    mutants: changing((_, __, store) => ({
      claim: (inputs) =>
        store.transact(async (own) => {
          const claimed = await own.claim(inputs)
          await own.commit(nothing)
          return claimed
        }),
    })),
  },
  'claims nothing': { counted: true, mutants: changing(() => ({ claim: async (inputs) => new Set(inputs.map(({ id }) => id)) })) },
  'does not fence outcomes': {
    counted: true,
    mutants: changing(() => ({ fence: async (attempts) => new Set(attempts.map(({ key, attempt }) => `${key}#${attempt}`)) })),
  },
  'locks only orders it knows': {
    mutants: changing((trx, { tables }) => ({
      async lock(orderIds) {
        const known = orderIds.filter((orderId) => tables.streams.has(orderId))
        const { now, streams } = await trx.lock(known)
        return { now, streams: new Map(orderIds.map((id) => [id, streams.get(id) ?? { sequence: 0, parked: false }])) }
      },
    })),
  },
  'does not lock shared rows': {
    mutants: changing((_, { tables }) => ({
      loadShared: async (keys) => new Map(keys.flatMap((key) => (tables.shared.has(key) ? [[key, tables.shared.get(key)]] : []))),
    })),
  },
  'skips the parked check': {
    counted: true,
    mutants: changing((trx) => ({
      async lock(orderIds) {
        const { now, streams } = await trx.lock(orderIds)
        return { now, streams: new Map([...streams].map(([id, stream]) => [id, { ...stream, parked: false }])) }
      },
    })),
  },
  'marks before the acknowledgement': {
    mutants: rereading((store) => async (acknowledged, limits) => {
      const rows = await store.markAndRead(acknowledged, limits)
      if (rows.length > 0)
        await store.markAndRead(
          rows.map(({ id }) => id),
          { ...limits, limit: 0 },
        )
      return rows
    }),
  },
  'goes on after a failed row': { mutants: rereading(passingOver) },
  'reads ahead by id': { mutants: rereading(readingAhead) },
  'takes a failed send for done': { mutants: { kafka: believing } },
  'commits offsets before the database': { mutants: { kafka: committingFirst } },
}

function believing(kafka: Kafka): Kafka {
  return {
    ...kafka,
    async connectProducer() {
      const producer = await kafka.connectProducer()
      return { ...producer, send: (records) => producer.send(records).catch(() => undefined) }
    },
  }
}

function committingFirst(kafka: Kafka): Kafka {
  return {
    ...kafka,
    async consume(options) {
      const deliver: typeof options.deliver = async (delivery) => {
        const { topic, partition, messages } = delivery
        const offset = String(Number(messages.at(-1)!.offset) + 1)
        await consumption?.commit([{ topic, partition, offset }]).catch(() => undefined)
        return options.deliver(delivery)
      }
      const consumption = await kafka.consume({ ...options, deliver })
      return consumption
    },
  }
}

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
}
