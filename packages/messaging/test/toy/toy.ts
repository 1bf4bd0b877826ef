import { type Data, type OrderCancelled, type OrderPlaced, PaymentCaptured, type StockShort } from '@quadrille/contracts'
import {
  type Answered,
  type Attempt,
  defineService,
  describeEffect,
  type Handler,
  ignore,
  performed,
  type StateStore,
  type Trx,
} from '../../src/index.ts'

/** The smallest aggregate that shows everything: it counts what it is told, so that a repeat shows. */
export interface Toy {
  readonly orderId: string
  readonly count: number
  readonly rung: number
}

export interface ToyWorld {
  ring(orderId: string, again: boolean): Promise<string>
}

type On<C> = Handler<Toy, Data<C>>

export const newToy = (orderId: string): Toy => ({ orderId, count: 0, rung: 0 })
const ring = describeEffect('ring', { key: ({ orderId }: { orderId: string }) => `ring:${orderId}`, wanted: (toy: Toy) => toy.count < 100 })
const captured = (orderId: string) => PaymentCaptured({ orderId, amount: 1, currency: 'EUR', reference: 'toy' })

const placed = ((toy, { orderId, campaign }) => {
  if (campaign === 'throw') throw new SyntaxError('a handler bug')
  return { state: { ...toy, count: toy.count + 1 }, events: [captured(orderId)] }
}) satisfies On<typeof OrderPlaced>
const cancelled = ((toy, { orderId }) => ({ state: { ...toy, count: toy.count + 1 }, effects: [ring({ orderId })] })) satisfies On<
  typeof OrderCancelled
>
const short = ((toy) => ({ state: { ...toy, count: toy.count + 10 } })) satisfies On<typeof StockShort>
const ringWith = ({ orderId }: { orderId: string }, { again, world }: Attempt<ToyWorld>) => world.ring(orderId, again)
const rung = (toy: Toy, { answer }: Answered<{ orderId: string }, string>) => ({
  state: { ...toy, rung: toy.rung + (answer === 'unwanted' ? 100 : 1) },
})
const count = (toy: Toy, { by }: { orderId: string; by: number }) => ({ state: { ...toy, count: toy.count + by }, reply: toy.count + by })

const store: StateStore<Toy> = {
  load: async (trx: Trx, orderIds) => {
    const rows = await trx.query<{ order_id: string; count: number; rung: number }>('select * from toys where order_id = any ($1)', [
      orderIds,
    ])
    return new Map(rows.map((row) => [row.order_id, { orderId: row.order_id, count: row.count, rung: row.rung }]))
  },
  save: (trx, toys) =>
    trx.query(
      `insert into toys select * from unnest($1::text[], $2::int[], $3::int[])
       on conflict (order_id) do update set count = excluded.count, rung = excluded.rung`,
      [toys.map((toy) => toy.orderId), toys.map((toy) => toy.count), toys.map((toy) => toy.rung)],
    ),
}

export const toyTables = 'create table toys (order_id text primary key, count int not null check (count <> 13), rung int not null)'

export const toy = defineService({
  name: 'payments',
  initial: newToy,
  store,
  emits: [PaymentCaptured],
  effects: [performed(ring, ringWith, rung)],
  consumes: {
    orders: { OrderPlaced: placed, OrderCancelled: cancelled },
    warehouse: { StockShort: short, StockReserved: ignore, OrderDispatched: ignore, StockReleased: ignore, ParcelRecalled: ignore },
  },
  commands: { count },
  correlation: () => 'c-1',
})
