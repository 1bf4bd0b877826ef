import { topics } from '@quadrille/contracts'
import { email } from '@quadrille/email'
import { loyalty } from '@quadrille/loyalty'
import type { Definition } from '@quadrille/messaging'
import { orders } from '@quadrille/orders'
import { payments } from '@quadrille/payments'
import {
  createBroker,
  createChance,
  createFaults,
  createScheduler,
  type Faults,
  type MemoryBroker,
  type Mutants,
  type Scheduler,
} from '@quadrille/testing/memory'
import { warehouse } from '@quadrille/warehouse'
import { type AskedOrder, createCustomers } from './customers.ts'
import { type Deployment, deploy, type FleetOptions } from './fleet.ts'
import { createMailbox, type SimulatedMailbox } from './mailbox.ts'
import { createPlan, type Plan, type services } from './plan.ts'
import { createPsp, type SimulatedPsp } from './psp.ts'

type Name = (typeof services)[number]
// biome-ignore lint/suspicious/noExplicitAny: services of all states and shared rows
export type AnyDefinition = Definition<any, any>

/** A history that has come to rest, for whoever checks it. */
export interface History {
  readonly seed: number
  readonly plan: Plan
  readonly asked: readonly AskedOrder[]
  readonly deployments: Readonly<Record<Name, Deployment>>
  readonly broker: MemoryBroker
  readonly psp: SimulatedPsp
  readonly mailbox: SimulatedMailbox
  readonly faults: Faults
  readonly crashes: number
  readonly steps: number
  readonly fatal: readonly unknown[]
  /** Reads every topic again from the beginning, with the inbox emptied or not, and comes to rest again. */
  replay(options: { emptyInbox: boolean }): Promise<void>
}

export interface HistoryOptions {
  readonly seed: number
  /** Changes a service or a port, to show that the simulation notices. */
  readonly mutateService?: (service: AnyDefinition) => AnyDefinition
  readonly mutants?: Mutants
}

const LOYALTY_HOLD_MS = 400
const CANCEL_WINDOW_MS = 1_000
const MOST_STEPS = 60_000

const shipped: readonly AnyDefinition[] = [
  orders({ cancelWindowMs: CANCEL_WINDOW_MS, products: new Map(), ordersPerSecond: 0 }),
  payments,
  warehouse,
  loyalty({ holdMs: LOYALTY_HOLD_MS }),
  email,
]

/** Runs one history of the whole system to its rest. The seed decides everything. */
export async function runHistory({ seed, mutateService = (service) => service, mutants }: HistoryOptions): Promise<History> {
  const plan = createPlan(createChance(seed))
  const trouble = { onStep: () => {} }
  const scheduler = createScheduler({ seed: seed + 0x51ed, hurry: () => (faulty() ? plan.hurry : 0), onStep: () => trouble.onStep() })
  const faults = createFaults(scheduler.chance, plan.mishaps)
  const broker = createBroker({ scheduler, faults, topics, sessionMs: 1_000 })
  const [psp, mailbox] = [createPsp(scheduler), createMailbox(scheduler)]
  const fatal: unknown[] = []
  const fleet: FleetOptions = { scheduler, broker, faults, newId: idsOf(), mutants, fatal }
  const worldOf = (life: Parameters<SimulatedPsp['connect']>[0]) => ({ psp: psp.connect(life), ...mailbox.connect(life) })
  const deployments = Object.fromEntries(
    shipped.map((service) => [service.name, deploy(mutateService(service), plan.instances[service.name]!, worldOf, fleet)]),
  ) as Record<Name, Deployment>
  for (const { sku, units } of plan.stock)
    deployments.warehouse.database.tables.shared.set(sku, { sku, onHand: units, reserved: 0, dispatched: 0 })
  const customers = createCustomers({ scheduler, orders: deployments.orders, newId: fleet.newId })
  const fleetQuiet = () => Object.values(deployments).every(({ quiet }) => quiet)
  const faulty = () => scheduler.steps < plan.faultySteps
  let crashes = 0

  Object.assign(psp, { downUntil: plan.pspDownMs, lostAnswers: plan.lostAnswers })
  Object.assign(mailbox, { downUntil: plan.mailDownMs, lostAnswers: plan.lostAnswers })
  trouble.onStep = () => {
    if (!faulty()) return wellAgain()
    const strike = scheduler.chance.next()
    if (strike < plan.crash) crashSomebody()
    else if (strike < plan.crash + plan.freeze) freezeSomebody()
    else if (strike < plan.crash + plan.freeze + plan.rewind) rewindSomething()
  }

  const processes = () => Object.values(deployments).flatMap((deployment) => deployment.processes)
  function crashSomebody() {
    const alive = processes()
    if (alive.length === 0) return
    crashes += 1
    scheduler.crash(scheduler.chance.pick(alive).life)
  }
  function freezeSomebody() {
    const alive = processes()
    if (alive.length > 0) scheduler.freeze(scheduler.chance.pick(alive).life, scheduler.chance.below(4_000))
  }
  function rewindSomething() {
    const written = [...broker.logs].filter(({ messages }) => messages.length > 0)
    const groups = [...broker.groups.keys()]
    if (written.length === 0 || groups.length === 0) return
    const log = scheduler.chance.pick(written)
    broker.rewind(scheduler.chance.pick(groups), log, scheduler.chance.below(log.messages.length))
  }
  function wellAgain() {
    faults.end()
    psp.lostAnswers = 0
    mailbox.lostAnswers = 0
    trouble.onStep = () => {}
  }

  for (const planned of plan.orders) void customers.order(planned)
  await withChance(scheduler, () =>
    scheduler.run(() => customers.all.every(({ done }) => done) && fleetQuiet() && broker.quiet, MOST_STEPS),
  )
  return {
    seed,
    plan,
    asked: customers.all,
    deployments,
    broker,
    psp,
    mailbox,
    faults,
    get crashes() {
      return crashes
    },
    get steps() {
      return scheduler.steps
    },
    fatal,
    async replay({ emptyInbox }) {
      for (const { database } of Object.values(deployments)) if (emptyInbox) database.tables.processed.clear()
      for (const id of broker.groups.keys()) for (const log of broker.logs) broker.rewind(id, log, 0)
      await withChance(scheduler, () => scheduler.run(() => fleetQuiet() && broker.quiet, MOST_STEPS))
    },
  }
}

/** UUIDs of version 7 in a row: the same in every run of a seed. */
function idsOf() {
  let last = 0
  return () => `00000000-0000-7000-8000-${(++last).toString(16).padStart(12, '0')}`
}

/** Jitter is drawn from Math.random in more than one place: for the length of a run, the seed answers there too. */
async function withChance<T>(scheduler: Scheduler, run: () => Promise<T>): Promise<T> {
  const random = Math.random
  Math.random = scheduler.chance.next
  try {
    return await run()
  } finally {
    Math.random = random
  }
}
