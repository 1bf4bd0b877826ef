import {
  type AnyInput,
  type Collector,
  createCollector,
  createConsumer,
  createEffectRunner,
  createRelay,
  createStamp,
  type EffectStore,
  type Kafka,
  type OrderFact,
  type OutboxStore,
  readsOf,
  type SetResult,
  type SetStore,
  toInput,
} from '@quadrille/messaging'
import type { MemoryBroker } from './broker.ts'
import type { MemoryDatabase } from './database.ts'
import { createMemoryEffectStore } from './effect-store.ts'
import { createMemoryOutbox } from './outbox-store.ts'
import type { Life, Scheduler } from './scheduler.ts'
import { createMemorySetStore } from './set-store.ts'
import { silentInstruments, silentLog } from './silence.ts'

/** Wraps a port, to show that the simulation finds what is then wrong. */
export interface Mutants {
  readonly sets?: (store: SetStore, database: MemoryDatabase, life: Life) => SetStore
  readonly outbox?: (store: OutboxStore, database: MemoryDatabase, life: Life) => OutboxStore
  readonly kafka?: (kafka: Kafka) => Kafka
  readonly effects?: (store: EffectStore, database: MemoryDatabase) => EffectStore
}

export interface ProcessOptions {
  readonly database: MemoryDatabase
  readonly broker: MemoryBroker
  readonly scheduler: Scheduler
  readonly newId: () => string
  readonly worldOf: (life: Life) => unknown
  /** The process must end; its supervisor starts another. */
  readonly onFatal: (error: unknown) => void
  readonly mutants?: Mutants
  readonly leaseMs?: number
}

/** One process of a service: the shipped collector, consumer, relay and effect runner over ports in memory. */
export interface SimulatedProcess {
  readonly life: Life
  /** Gives back what it holds and ends: what SIGTERM asks for. */
  stop(): Promise<void>
  /** A member of its group, with nothing in hand. */
  isIdle(): boolean
  submit(name: string, command: OrderFact, cause: { correlationId?: string }): Promise<unknown>
  redrive(target: {
    readonly orderId: string | null
    readonly letterId?: string
    readonly discard?: { letterId: string; reason: string }
  }): Promise<unknown>
}

export function startProcess(options: ProcessOptions): SimulatedProcess {
  const { database, broker, scheduler, newId, onFatal, mutants = {}, leaseMs = 1_500 } = options
  const { service } = database
  const life = scheduler.begin(service.name)
  const { pause, now } = { pause: scheduler.pause(life), now: scheduler.now }
  const kafka = (mutants.kafka ?? same)(broker.connect(life))
  const plain = createMemoryOutbox(database, life)
  const outbox = mutants.outbox?.(plain, database, life) ?? plain
  const sets = createMemorySetStore(database, life)
  const effects = createMemoryEffectStore(database, life)
  const reads = readsOf(service)
  const shared = { service, instruments: silentInstruments, log: silentLog, pause, now, onFatal, onError: () => undefined }
  const relay = createRelay({
    ...shared,
    pause: (ms, signal) => pause(Math.max(ms, SHORTEST_REST_MS), signal),
    store: outbox,
    connectProducer: kafka.connectProducer,
    owner: life.name,
    leaseMs,
    renewMs: leaseMs / 2,
    random: scheduler.chance.next,
  })
  const collector: Collector = createCollector({
    ...shared,
    store: mutants.sets?.(sets, database, life) ?? sets,
    stamp: createStamp(service, newId, silentInstruments.create),
    read: (message) => toInput(reads, message),
    newId,
    onCommitted: (result) => committed(result),
    onRetry: () => undefined,
    pause: (ms) => scheduler.rest(life, ms),
  })
  const runner = createEffectRunner({
    ...shared,
    store: mutants.effects?.(effects, database) ?? effects,
    world: options.worldOf(life),
    collector,
    leaseMs,
    pollMs: 800,
  })
  const consumer = createConsumer({ ...shared, kafka, reads, collector, commitEveryMs: 450 })

  function committed({ folded, effectsDue }: SetResult) {
    if (folded.events.length > 0 || folded.failed.length > 0) relay.wake()
    if (effectsDue) runner.wake()
  }

  relay.start()
  runner.start()
  consumer.start().catch(onFatal)
  return {
    life,
    async stop() {
      for (const step of [consumer.stop, () => runner.stop(), collector.drained, () => relay.stop()]) await step().catch(onFatal)
    },
    isIdle: () => collector.size === 0 && consumer.joined,
    submit: (name, command, cause) => collector.add({ kind: 'command', name, orderId: command.orderId, command, cause }),
    redrive: (target) => collector.add({ kind: 'redrive', ...target } as AnyInput),
  }
}

// A relay with nothing to do looks again after 20 ms, 40 ms, 80 ms…: a third of what happened in a history.
const SHORTEST_REST_MS = 160

const same = <Port>(port: Port) => port
