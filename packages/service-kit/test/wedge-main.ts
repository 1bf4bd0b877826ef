import type { StateStore } from '@quadrille/messaging'
import { z } from 'zod'
import { commonConfig, configOfProcess, defineService, runService } from '../src/index.ts'

interface Seen {
  readonly orderId: string
  readonly times: number
}

/** Where the table `wedges` names an order, its set never ends: no error, no timeout, nothing. */
const store: StateStore<Seen> = {
  async load(trx, orderIds) {
    const wedged = await trx.query('select from wedges where order_id = any ($1)', [orderIds])
    if (wedged.length > 0) await new Promise(() => {})
    const seen = await trx.query<Seen>('select order_id as "orderId", times from seen where order_id = any ($1)', [orderIds])
    return new Map(seen.map((one) => [one.orderId, one]))
  },
  save: (trx, seen) =>
    trx.query(`insert into seen select * from unnest($1::text[], $2::int[]) on conflict (order_id) do update set times = excluded.times`, [
      seen.map(({ orderId }) => orderId),
      seen.map(({ times }) => times),
    ]),
}

const see = (seen: Seen) => ({ state: { ...seen, times: seen.times + 1 } })

const wedge = defineService({
  name: 'wedge',
  initial: (orderId: string): Seen => ({ orderId, times: 0 }),
  store,
  emits: [],
  consumes: { orders: { OrderPlaced: see, OrderCancelled: see } },
})

const config = configOfProcess(z.object(commonConfig({ service: 'wedge', port: 0 })))
await runService({ service: wedge, config, migrations: new URL('./wedge-migrations', import.meta.url) })
