import { type Data, type OrderCancelled, type OrderPlaced, PointsAwarded } from '@quadrille/contracts'
import {
  type Answered,
  type Attempt,
  defineService,
  describeEffect,
  type Handler,
  type OrderFact,
  performed,
  type StateStore,
} from '@quadrille/messaging'
import { orders } from '@quadrille/orders'
import type { Life, Mutants } from '@quadrille/testing/memory'
import { createCustomers } from './customers.ts'
import { publishedEvents } from './records.ts'
import { createStage } from './stage.ts'

/*
 * The five services absorb repeats by themselves, so that a missing dedupe does not show in them. This one counts:
 * what it hears, and what its effects answer. Each must be exactly what was published, and what was asked for.
 */
interface Count {
  readonly orderId: string
  readonly heard: number
  readonly ticks: number
}

type On<C> = Handler<Count, Data<C>>
interface Tick extends OrderFact {
  readonly number: number
}

const tick = describeEffect('tick', { key: ({ orderId, number }: Tick) => `tick:${orderId}:${number}`, wanted: (_: Count) => true })

const count = (before: Count, { orderId }: OrderFact) => {
  const heard = before.heard + 1
  const event = PointsAwarded({ orderId, customerId: 'c-1', points: heard } as Parameters<typeof PointsAwarded>[0])
  return { state: { ...before, heard }, events: [event], effects: [tick({ orderId, number: heard })] }
}
const ticked = (before: Count, _: Answered<Tick, string>) => ({ state: { ...before, ticks: before.ticks + 1 } })
const take = async (_: Tick, { world }: Attempt<{ takeTime(): Promise<void> }>) => {
  await world.takeTime()
  return 'ticked'
}

const counter = defineService({
  name: 'loyalty',
  initial: (orderId): Count => ({ orderId, heard: 0, ticks: 0 }),
  store: {} as StateStore<Count>, // the database in memory knows how to keep states
  emits: [PointsAwarded],
  effects: [performed(tick, take, ticked)],
  consumes: {
    orders: { OrderPlaced: count satisfies On<typeof OrderPlaced>, OrderCancelled: count satisfies On<typeof OrderCancelled> },
  },
})

/** Plays orders and the counting service to their rest, and tells what was lost or counted twice. */
export async function countingViolations({ seed, mutants }: { seed: number; mutants?: Mutants }): Promise<string[]> {
  const stage = createStage({ seed, mutants })
  const { scheduler } = stage
  const pause = (life: Life) => scheduler.pause(life)(scheduler.chance.below(300), new AbortController().signal)
  const shop = stage.deploy(orders({ cancelWindowMs: 2_000, products: new Map(), ordersPerSecond: 0 }), () => undefined)
  const counting = stage.deploy(counter, (life) => ({ takeTime: () => pause(life) }))
  const customers = createCustomers({ scheduler, orders: shop, newId: stage.newId })
  for (const planned of stage.plan.orders) void customers.order(planned)
  try {
    await stage.play(() => customers.all.every(({ done }) => done))
  } catch (error) {
    return [`it never came to rest: ${(error as Error).message}`]
  }
  const events = publishedEvents(stage)
  return customers.all
    .flatMap(({ answeredIds }) => [...answeredIds])
    .flatMap((orderId) => {
      const told = (emitter: string) => events.filter((event) => event.orderId === orderId && event.emitter === emitter).length
      const { heard, ticks } = (counting.database.tables.states.get(orderId) ?? { heard: 0, ticks: 0 }) as Count
      const right = heard === told('orders') && ticks === heard && told('loyalty') === heard
      return right ? [] : [`${orderId}: ${told('orders')} events, ${heard} heard, ${ticks} ticks, ${told('loyalty')} told`]
    })
}
