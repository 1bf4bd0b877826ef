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
import type { Life } from '@quadrille/testing/memory'
import { createCustomers } from './customers.ts'
import type { Deployment } from './fleet.ts'
import { createOperators } from './operators.ts'
import { type PublishedEvent, publishedEvents } from './records.ts'
import { createStage, type StageOptions } from './stage.ts'

/*
 * The five services absorb repeats by themselves, so that a missing dedupe does not show in them. This one counts:
 * what it hears, and what its effects answer. Each must be exactly what was published, and what was asked for.
 */
interface Count {
  readonly orderId: string
  readonly heard: number
  readonly ticks: number
  /** Something was heard before the order itself: what waits behind a letter was let through. */
  readonly disorder: boolean
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
const cancelled = ((before, fact) => count(before.heard > 0 ? before : { ...before, disorder: true }, fact)) satisfies On<
  typeof OrderCancelled
>
const ticked = (before: Count, _: Answered<Tick, string>) => ({ state: { ...before, ticks: before.ticks + 1 } })
const take = async (_: Tick, { world }: Attempt<{ takeTime(): Promise<void> }>) => {
  await world.takeTime()
  return 'ticked'
}

/** While it is broken, it throws at every order: a dead letter each, and the rest of the order waits. */
const createCounter = (isBroken: () => boolean) => {
  const placed = ((before, fact) => {
    if (isBroken()) throw new Error('a bug that is mended later')
    return count(before, fact)
  }) satisfies On<typeof OrderPlaced>
  return defineService({
    name: 'loyalty',
    initial: (orderId): Count => ({ orderId, heard: 0, ticks: 0, disorder: false }),
    store: {} as StateStore<Count>, // the database in memory knows how to keep states
    emits: [PointsAwarded],
    effects: [performed(tick, take, ticked)],
    consumes: { orders: { OrderPlaced: placed, OrderCancelled: cancelled } },
  })
}

/** Plays orders and the counting service to their rest, and tells what was lost, counted twice, or let through. */
export async function countingViolations(options: StageOptions): Promise<string[]> {
  const stage = createStage(options)
  const { scheduler, plan } = stage
  const mendedAt = plan.poison === 'none' ? 0 : 600
  const takeTime = (life: Life) => () => scheduler.rest(life, scheduler.chance.below(300))
  const shop = stage.deploy(orders({ cancelWindowMs: 2_000, products: new Map(), ordersPerSecond: 0 }), () => undefined)
  const counting = stage.deploy(
    createCounter(() => scheduler.now() < mendedAt),
    (life) => ({ takeTime: takeTime(life) }),
  )
  const customers = createCustomers({ scheduler, faults: stage.faults, orders: shop, newId: stage.newId })
  const operators = createOperators(stage)
  for (const planned of plan.orders) void customers.order(planned)
  if (mendedAt > 0) operators.watch()
  try {
    await stage.play(() => operators.isNothingOpen() && customers.all.every(({ done }) => done))
  } catch (error) {
    return [`it never came to rest: ${(error as Error).message}`]
  }
  const orderIds = customers.all.flatMap(({ answeredIds }) => [...answeredIds])
  const events = publishedEvents(stage)
  return orderIds.flatMap((orderId) => miscount(orderId, events, counting))
}

function miscount(orderId: string, events: readonly PublishedEvent[], { database }: Deployment): string[] {
  const told = (emitter: string) => events.filter((event) => event.orderId === orderId && event.emitter === emitter).length
  const { heard = 0, ticks = 0, disorder = false } = (database.tables.states.get(orderId) ?? {}) as Partial<Count>
  const right = heard === told('orders') && ticks === heard && told('loyalty') === heard && !disorder
  return right
    ? []
    : [`${orderId}: ${told('orders')} events, ${heard} heard, ${ticks} ticks, ${told('loyalty')} told${disorder ? ', out of order' : ''}`]
}
