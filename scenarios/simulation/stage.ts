import { topics } from '@quadrille/contracts'
import {
  createBroker,
  createChance,
  createFaults,
  createScheduler,
  type Faults,
  type Life,
  type MemoryBroker,
  type Mutants,
  type Scheduler,
  VirtualAbortController,
} from '@quadrille/testing/memory'
import { type AnyDefinition, type Deployment, deploy } from './fleet.ts'
import { createPlan, type Plan } from './plan.ts'
import { createTrouble } from './trouble.ts'

/** Where a history plays: one scheduler, one Kafka, and whatever is deployed. The seed decides everything. */
export interface Stage {
  readonly seed: number
  readonly plan: Plan
  readonly scheduler: Scheduler
  readonly broker: MemoryBroker
  readonly faults: Faults
  readonly newId: () => string
  readonly deployments: readonly Deployment[]
  /** Processes that gave up by themselves. */
  readonly fatal: readonly unknown[]
  deploy(service: AnyDefinition, worldOf: (life: Life) => unknown): Deployment
  /** When the environment gets well again, for good. */
  onWell(told: () => void): void
  /** Plays until everything is at rest and `done`. */
  play(done?: () => boolean): Promise<void>
}

export interface StageOptions {
  readonly seed: number
  readonly mutants?: Mutants
  /** Every mishap at once; if nothing is said, the seed decides. */
  readonly rough?: boolean
  /** Settles a part of the plan otherwise. */
  readonly plan?: Partial<Plan>
}

// One history of ten is rough: they show what is rare, and take thrice as long.
const ROUGH = 10
// The longest of 1,500 rough histories took 3,816.
const MOST_STEPS = 20_000
const SESSION_MS = 700

export function createStage({ seed, mutants, rough = seed % ROUGH === 0, plan: settled }: StageOptions): Stage {
  const plan = { ...createPlan(createChance(seed), { rough }), ...settled }
  const told: (() => void)[] = []
  const deployments: Deployment[] = []
  const fatal: unknown[] = []
  const isRough = () => scheduler.steps < plan.faultySteps
  const scheduler = createScheduler({
    seed: seed + 0x51ed,
    hurry: () => (isRough() ? plan.hurry : 0),
    late: () => plan.late,
    onStep: (life) => trouble.next(life),
  })
  const faults = createFaults(scheduler.chance, { ...plan, now: scheduler.now })
  const broker = createBroker({ scheduler, faults, topics, sessionMs: SESSION_MS })
  const trouble = createTrouble({
    plan,
    scheduler,
    faults,
    broker,
    deployments,
    isRough,
    onWell: () => [faults.end, ...told].forEach((tell) => void tell()),
  })
  const newId = createIds()
  const isQuiet = () => deployments.every((deployment) => deployment.isQuiet()) && broker.isQuiet()

  return {
    seed,
    plan,
    scheduler,
    broker,
    faults,
    newId,
    deployments,
    fatal,
    deploy(service, worldOf) {
      const deployed = deploy(service, plan.instances[service.name] ?? 1, worldOf, { scheduler, broker, faults, newId, mutants, fatal })
      deployments.push(deployed)
      return deployed
    },
    onWell: (tell) => void told.push(tell),
    play: (done = () => true) => onStage(scheduler, () => scheduler.run(() => done() && isQuiet(), MOST_STEPS)),
  }
}

/** UUIDs of version 7 in a row: the same in every run of a seed. */
function createIds() {
  let last = 0
  return () => `00000000-0000-7000-8000-${(++last).toString(16).padStart(12, '0')}`
}

/** Jitter is drawn from Math.random in more than one place, and rests are ended everywhere: for the length of a run, the stage answers there. */
async function onStage(scheduler: Scheduler, run: () => Promise<void>): Promise<void> {
  const [{ random }, { stackTraceLimit }, { AbortController }] = [Math, Error, globalThis]
  Math.random = scheduler.chance.next
  Error.stackTraceLimit = 0 // errors are part of the play, and their stacks took a twentieth of the time
  globalThis.AbortController = VirtualAbortController
  try {
    await run()
  } finally {
    Math.random = random
    Error.stackTraceLimit = stackTraceLimit
    globalThis.AbortController = AbortController
  }
}
