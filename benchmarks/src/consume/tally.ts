import type { Data, OrderPlaced } from '@quadrille/contracts'
import { defineService, describeEffect, type Handler, ignore, performed, type StateStore } from '@quadrille/messaging'

/** What a consumer does at least: knows an event again, changes a state, and asks for an effect. */
export interface Tally {
  readonly orderId: string
  readonly heard: number
  /** Events that came before an earlier one of their order. */
  readonly disordered: number
}

const A_DAY = 86_400_000

/** Stored, and not due before the bench is over. */
const remember = describeEffect('remember', {
  key: ({ orderId, nth }: { orderId: string; nth: number }) => `remember:${orderId}:${nth}`,
  wanted: () => true,
  delayMs: A_DAY,
})

/** The total says the event's place in its order. */
const placed = ((tally, { orderId, total }) => ({
  state: { ...tally, heard: tally.heard + 1, disordered: tally.disordered + Number(total !== tally.heard + 1) },
  effects: [remember({ orderId, nth: total })],
})) satisfies Handler<Tally, Data<typeof OrderPlaced>>

const LOAD = `select order_id as "orderId", heard, disordered from tallies where order_id = any ($1::uuid[])`
const SAVE = `
  insert into tallies (order_id, heard, disordered) select * from unnest($1::uuid[], $2::int[], $3::int[])
  on conflict (order_id) do update set heard = excluded.heard, disordered = excluded.disordered`

const store: StateStore<Tally> = {
  load: async (trx, orderIds) => new Map((await trx.query<Tally>(LOAD, [orderIds])).map((tally) => [tally.orderId, tally])),
  save: (trx, tallies) =>
    trx.query(SAVE, [
      tallies.map(({ orderId }) => orderId),
      tallies.map(({ heard }) => heard),
      tallies.map(({ disordered }) => disordered),
    ]),
}

export const tallyTable = 'create table tallies (order_id uuid primary key, heard int not null, disordered int not null)'

/** The group that consumes; its letters go where loyalty's would. */
export const GROUP = 'loyalty'

/** `onChanged` is told of each order that a committed set changed. */
export const tallying = (onChanged: (events: number) => void) =>
  defineService({
    name: GROUP,
    initial: (orderId: string): Tally => ({ orderId, heard: 0, disordered: 0 }),
    store,
    emits: [],
    effects: [
      performed(
        remember,
        async () => 'done',
        (tally: Tally) => ({ state: tally }),
      ),
    ],
    consumes: { orders: { OrderPlaced: placed, OrderCancelled: ignore } },
    measures:
      () =>
      ({ before, after }) =>
        onChanged(after.heard - before.heard),
  })
