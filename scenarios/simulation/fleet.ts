import type { Definition } from '@quadrille/messaging'
import {
  createDatabase,
  type Faults,
  type Life,
  type MemoryBroker,
  type MemoryDatabase,
  type Mutants,
  type Scheduler,
  type SimulatedProcess,
  startProcess,
} from '@quadrille/testing/memory'

/** One service: its database, and the processes that run on it, each started again when it dies. */
export interface Deployment {
  readonly database: MemoryDatabase
  /** Those that are alive. */
  readonly processes: readonly SimulatedProcess[]
  /** Lets one end in good order; another takes its place. */
  stop(process: SimulatedProcess): void
  isQuiet(): boolean
}

export interface FleetOptions {
  readonly scheduler: Scheduler
  readonly broker: MemoryBroker
  readonly faults: Faults
  readonly newId: () => string
  readonly mutants?: Mutants
  /** Ended by themselves: the runtime found that it could not go on. */
  readonly fatal: unknown[]
}

// biome-ignore lint/suspicious/noExplicitAny: services of all states and shared rows
export type AnyDefinition = Definition<any, any>

export function deploy(service: AnyDefinition, instances: number, worldOf: (life: Life) => unknown, fleet: FleetOptions): Deployment {
  const { scheduler, faults, fatal } = fleet
  const { chance } = scheduler
  const supervisor = scheduler.begin('supervisor')
  const database = createDatabase({ service, scheduler, faults })

  function start() {
    const started = startProcess({ ...fleet, database, worldOf, onFatal: (error) => fatal.push(error) && scheduler.crash(started.life) })
    deployment.processes.push(started)
    started.life.onEnd(() => {
      without(started)
      scheduler.after(supervisor, chance.below(400), start)
    })
  }

  function without(process: SimulatedProcess) {
    deployment.processes = deployment.processes.filter((one) => one !== process)
  }

  /** Who is not done in time is killed. */
  function stop(process: SimulatedProcess) {
    without(process)
    const kill = () => scheduler.crash(process.life)
    scheduler.after(supervisor, GRACE_MS, kill)
    void process.stop().then(kill)
  }

  const deployment = {
    database,
    processes: [] as SimulatedProcess[],
    stop,
    isQuiet: () => deployment.processes.length === instances && deployment.processes.every(({ isIdle }) => isIdle()) && isQuiet(database),
  }
  for (let instance = 0; instance < instances; instance += 1) start()
  return deployment
}

const GRACE_MS = 10_000

/** DESIGN §4: nothing unsent, no effect due or scheduled. */
function isQuiet({ tables }: MemoryDatabase): boolean {
  for (const { status } of tables.effects.values()) if (status === 'due') return false
  for (const { publishedAt, id } of tables.outbox.values()) if (publishedAt === null && !tables.outboxParked.has(id)) return false
  return true
}
