import { email } from '@quadrille/email'
import { loyalty } from '@quadrille/loyalty'
import { orders } from '@quadrille/orders'
import { payments } from '@quadrille/payments'
import type { Life, Mutants } from '@quadrille/testing/memory'
import { warehouse } from '@quadrille/warehouse'
import { withBug } from './bug.ts'
import { type AskedOrder, createCustomers } from './customers.ts'
import type { AnyDefinition, Deployment } from './fleet.ts'
import { createMailbox, type SimulatedMailbox } from './mailbox.ts'
import { createOperators, type Operators } from './operators.ts'
import type { Plan, services } from './plan.ts'
import { createPsp, type SimulatedPsp } from './psp.ts'
import { createStage, type Stage } from './stage.ts'

type Name = (typeof services)[number]

/** A history of the whole system that has come to rest, for whoever checks it. */
export interface History {
  readonly stage: Stage
  readonly asked: readonly AskedOrder[]
  readonly services: Readonly<Record<Name, Deployment>>
  readonly psp: SimulatedPsp
  readonly mailbox: SimulatedMailbox
}

export interface HistoryOptions {
  readonly seed: number
  /** Changes a service or a port, to show that the simulation notices. */
  readonly mutate?: (service: AnyDefinition) => AnyDefinition
  readonly mutants?: Mutants
  /** Every mishap at once; if nothing is said, the seed decides. */
  readonly rough?: boolean
  readonly plan?: Partial<Plan>
}

const LOYALTY_HOLD_MS = 200
const CANCEL_WINDOW_MS = 500

const shipped: readonly AnyDefinition[] = [
  orders({ cancelWindowMs: CANCEL_WINDOW_MS, products: new Map(), ordersPerSecond: 0 }),
  payments,
  warehouse,
  loyalty({ holdMs: LOYALTY_HOLD_MS }),
  email,
]

/** Plays one history of the five services to its rest. */
export async function playHistory({ seed, mutate = (service) => service, mutants, rough, plan }: HistoryOptions): Promise<History> {
  const stage = createStage({ seed, mutants, rough, plan })
  const [psp, mailbox] = [createPsp(stage.scheduler, stage.faults), createMailbox(stage.scheduler, stage.faults)]
  const worldOf = (life: Life) => ({ psp: psp.connect(life), ...mailbox.connect(life) })
  const services = Object.fromEntries(
    shipped.map((service) => [service.name, stage.deploy(withBug(mutate(service), stage), worldOf)]),
  ) as Record<Name, Deployment>
  stockUp(services.warehouse, stage)
  disturb([psp, mailbox], stage)
  psp.refusingUntil = stage.plan.refusingMs
  const customers = createCustomers({ ...stage, orders: services.orders })
  const operators = createOperators(stage)
  for (const planned of stage.plan.orders) void customers.order(planned)
  const planted = plantPoison(operators, stage)
  if (stage.plan.bug || stage.plan.refusingMs > 0 || stage.plan.poison !== 'none') operators.watch()
  await stage.play(() => planted() && operators.isNothingOpen() && customers.all.every(({ done }) => done))
  return { stage, asked: customers.all, services, psp, mailbox }
}

function plantPoison(operators: Operators, { plan }: Stage): () => boolean {
  if (plan.poison === 'none') return () => true
  let planted = false
  void operators.plant().then(() => {
    planted = true
  })
  return () => planted
}

function stockUp({ database }: Deployment, { plan }: Stage) {
  for (const { sku, units } of plan.stock) database.tables.shared.set(sku, { sku, onHand: units, reserved: 0, dispatched: 0 })
}

function disturb(outside: readonly { downUntil: number; lostAnswers: number }[], { plan, onWell }: Stage) {
  for (const one of outside) {
    Object.assign(one, { downUntil: plan.downMs, lostAnswers: plan.lostAnswers })
    onWell(() => Object.assign(one, { lostAnswers: 0 }))
  }
}

/** Every group reads every topic again from the beginning, with the inbox as it is or emptied, until all is at rest again. */
export async function replay({ stage }: History, { emptyInbox }: { emptyInbox: boolean }): Promise<void> {
  if (emptyInbox) for (const { database } of stage.deployments) database.tables.processed.clear()
  for (const group of stage.broker.groups.keys()) for (const log of stage.broker.logs) stage.broker.rewind(group, log, 0)
  await stage.play()
}
