import { PaymentCaptured } from '@quadrille/contracts'
import { type Changes, defineService, type EnqueuedEffect, type OutboxEvent, type ParkedRow } from '../src/index.ts'
import { placedInput } from './toy/inputs.ts'

export interface Counter {
  readonly orderId: string
  readonly count: number
}

export interface Shelf {
  readonly sku: string
  readonly units: number
}

/** A service with orders and shared rows, for whoever tests stores: nothing is decided here. */
export const counting = defineService<Counter, [typeof PaymentCaptured], Shelf>({
  name: 'payments',
  initial: (orderId) => ({ orderId, count: 0 }),
  emits: [PaymentCaptured],
  consumes: {},
  store: {
    async load(trx, orderIds) {
      const rows = await trx.query<Counter>('select order_id as "orderId", count from counters where order_id = any ($1)', [orderIds])
      return new Map(rows.map((row) => [row.orderId, row]))
    },
    save: (trx, counters) =>
      trx.query(
        `insert into counters select * from unnest($1::text[], $2::int[]) on conflict (order_id) do update set count = excluded.count`,
        [counters.map(({ orderId }) => orderId), counters.map(({ count }) => count)],
      ),
  },
  shared: {
    keys: () => [],
    keyOf: ({ sku }) => sku,
    async load(trx, keys) {
      const rows = await trx.query<Shelf>('select sku, units from shelves where sku = any ($1) order by sku for update', [keys])
      return new Map(rows.map((row) => [row.sku, row]))
    },
    save: (trx, shelves) =>
      trx.query(`insert into shelves select * from unnest($1::text[], $2::int[]) on conflict (sku) do update set units = excluded.units`, [
        shelves.map(({ sku }) => sku),
        shelves.map(({ units }) => units),
      ]),
  },
})

export const countingTables =
  'create table counters (order_id text primary key, count int not null); create table shelves (sku text primary key, units int not null)'

type Changed = Changes<Counter, Shelf>

export const nothing: Changed = {
  states: [],
  shared: [],
  events: [],
  sequences: new Map(),
  effects: [],
  ended: [],
  due: [],
  parked: [],
  failedAgain: [],
  closed: [],
  letters: [],
  streams: new Map(),
}

/** A change of some kinds, and of no other. */
export const changes = (some: Partial<Changed>): Changed => ({ ...nothing, ...some })

export const eventOf = (orderId: string, sequence: number): OutboxEvent => ({
  id: crypto.randomUUID(),
  topic: 'payments.v1',
  key: orderId,
  sequence,
  value: '{}',
  headers: {},
})

export const effectOf = (orderId: string, delayMs = 0): EnqueuedEffect => ({
  kind: 'ring',
  key: `ring:${orderId}`,
  payload: { orderId },
  delayMs,
  cause: { correlationId: 'c-1' },
})

export function parkedOf(orderId: string | null, code = 'HANDLER'): ParkedRow {
  const { message, id: eventId } = placedInput(orderId ?? crypto.randomUUID())
  return { orderId, eventId, origin: 'event', effectKey: null, code, error: 'a bug', attempts: 1, message }
}
