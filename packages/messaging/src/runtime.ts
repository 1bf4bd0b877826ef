import type { Pool } from 'pg'
import { createCollector } from './collector.ts'
import { createConsumer } from './consumer.ts'
import { createConsumerControl } from './consumer-control.ts'
import { type Passing, withCrashingCommits } from './crash-points.ts'
import type { Change, Definition, OrderFact } from './definition.ts'
import { createEffectRunner } from './effects.ts'
import { codeOf, describeError, isLostRight } from './errors.ts'
import { createGivingWay } from './giving-way.ts'
import type { Cause } from './input.ts'
import type { Instruments } from './instruments.ts'
import type { ReplayingKafka } from './kafka.ts'
import { createOperators, type Operators } from './operators.ts'
import type { Backlog, OutboxStore } from './outbox.ts'
import { createPauseStore } from './postgres/consumer-pause.ts'
import { createDeadLetters, type DeadLetters } from './postgres/dead-letters.ts'
import { countEffects } from './postgres/effect-counts.ts'
import { createEffectStore } from './postgres/effects.ts'
import { createPostgresOutbox } from './postgres/outbox.ts'
import { createSetStore } from './postgres/set-store.ts'
import { readsOf, toInput } from './reads.ts'
import { createRedriver, type Redriver } from './redrive.ts'
import { createRelay, type RelayLog } from './relay.ts'
import { createRetention, prunedTables, type RetentionPolicy } from './retention.ts'
import { createStamp } from './stamp.ts'
import { count, observe, tell } from './telling.ts'
import { beginProcessing, endSpans } from './tracing.ts'
import { uuidv7 } from './uuidv7.ts'
import { createVitals, type Vitals } from './vitals.ts'
import { pause } from './waker.ts'
import { type Attempts, createAttempts, watchdogOf, watchedReads, watchedSends, watchedSets } from './watched.ts'

export interface RuntimeLog extends RelayLog {
  debug(fields: object, message: string): void
}

export interface RuntimeOptions<State, Shared> {
  readonly service: Definition<State, Shared>
  /** What effects are performed with, such as the payment provider. */
  readonly world: unknown
  /** Made with `pipeline: true`. */
  readonly pool: Pool
  readonly kafka: ReplayingKafka
  readonly log: RuntimeLog
  readonly instruments: Instruments
  /** Without it nothing is ever removed. */
  readonly retention?: RetentionPolicy
  /** Standing still for so long, while all is well around, ends the process; 0 switches that off. */
  readonly watchdogMs?: number
  /** The process can go no further; it must exit and be started again. */
  readonly onFatal: (error: unknown) => void
  /** For laboratories only. */
  readonly pass?: Passing
}

/** One service at work: collector, consumer, relay and effect runner over one database. */
export interface Runtime extends Redriver {
  /** Everything runs at once; the consumer joins in the background, since orders are accepted while Kafka is down. */
  start(): Promise<void>
  /** Pauses the topics, drains the collector, commits offsets, leaves the group; then the effects under way and the relay's send end. */
  stop(): Promise<void>
  /** Decides on a command in the next set; resolves with its reply once that is committed. */
  submit(name: string, command: OrderFact, cause?: Cause): Promise<unknown>
  readonly deadLetters: DeadLetters
  readonly operators: Operators
  /** Refreshed every second in the background. */
  backlog(): Backlog
  readonly joined: boolean
  /** False once work stands still for no reason outside: unless it goes on, the process ends soon. */
  readonly progressing: boolean
}

export function createRuntime<State, Shared>(options: RuntimeOptions<State, Shared>): Runtime {
  const { service, pool, kafka } = options
  const outbox = createPostgresOutbox(pool)
  const deadLetters = createDeadLetters(pool, service.name)
  const [sets, sends] = [createAttempts(), createAttempts()]
  const kinds = (service.effects ?? []).map(({ kind }) => kind)
  const vitals = createVitals({ outbox, deadLetters, countEffects: () => countEffects(pool, kinds), pause, onError: report(options) })
  const { relay, collector, runner, consumer } = assemble(options, outbox, { sets, sends, vitals })
  const redriver = createRedriver(collector, deadLetters)
  const control = createConsumerControl({ ...options, consumer, store: createPauseStore(pool), pause, onError: report(options) })
  const at = { ...options, reads: readsOf(service), deadLetters, redriver, collector, relay, runner, consumer: control }
  const operators = createOperators({ ...at, owner: `${service.name}-${uuidv7()}`, pause, onError: report(options) })
  const watchdog = watchdogOf({ watchdogMs: 60_000, ...options, pause }, { sets, sends, collector, consumer, relay, vitals })
  const retention = retentionOf(options)
  observe(options.instruments, { vitals, relay, collector, consumer })

  return {
    async start() {
      relay.start()
      runner.start()
      vitals.start()
      retention.start()
      watchdog.start()
      operators.start()
      control.start()
    },
    stop: () =>
      inTurn(
        async () => watchdog.stop(),
        () => Promise.all([operators.stop(), consumer.stop(), control.stop()]),
        () => runner.stop(),
        collector.drained,
        () => relay.stop(),
        vitals.stop,
        retention.stop,
        () => kafka.disconnect(),
      ),
    submit: (name, command, cause = {}) => collector.add({ kind: 'command', name, orderId: command.orderId, command, cause }),
    ...redriver,
    deadLetters,
    operators,
    backlog: () => vitals.backlog,
    get joined() {
      return consumer.joined
    },
    get progressing() {
      return watchdog.progressing
    },
  }
}

const warn = (log: RuntimeLog) => (error: unknown, what: string) => log.warn({ error: describeError(error), code: codeOf(error) }, what)

/** What is not allowed today is not allowed at the next attempt either. */
const report =
  ({ log, onFatal }: Pick<RuntimeOptions<never, never>, 'log' | 'onFatal'>) =>
  (error: unknown, what: string) => {
    warn(log)(error, what)
    if (isLostRight(error)) onFatal(error)
  }

function retentionOf({
  pool,
  retention,
  instruments,
  log,
}: Pick<RuntimeOptions<never, never>, 'pool' | 'retention' | 'instruments' | 'log'>) {
  return createRetention({ tables: retention ? prunedTables(pool, retention) : [], instruments, onError: warn(log), pause })
}

/** The parts, and who wakes whom: what a set emitted wakes the relay, what it asked for wakes the runner. */
function assemble<State, Shared>(
  options: RuntimeOptions<State, Shared>,
  outbox: OutboxStore,
  { sets, sends, vitals }: Readonly<{ sets: Attempts; sends: Attempts; vitals: Vitals }>,
) {
  const { service, world, pool, kafka, log, instruments, onFatal } = options
  const reads = readsOf(service)
  const measure = instruments.measure(service.measures)
  const owner = `${service.name}-${process.pid}-${uuidv7()}`
  const connectProducer = watchedSends(() => kafka.connectProducer(), sends)
  const givesWay = createGivingWay(
    () => collector.awaited,
    () => vitals.backlog,
  )
  const relay = createRelay({ store: watchedReads(outbox, sends), connectProducer, owner, log, instruments, onFatal, pause, givesWay })
  const collector = createCollector({
    service,
    store: watchedSets(withCrashingCommits(createSetStore<State, Shared>(pool, service), options.pass), sets),
    stamp: createStamp(service, uuidv7, instruments.create),
    read(message) {
      const input = toInput(reads, message)
      return input && beginProcessing(instruments, input)
    },
    newId: uuidv7,
    onCommitted(result, inputs) {
      if (result.folded.events.length > 0 || result.folded.failed.length > 0) relay.wake()
      if (result.effectsDue) runner.wake()
      endSpans(result, inputs)
      tell(options, result, inputs.length)
      count(measure, result.changed as Change<State>[], log)
    },
    onRetry(error, attempt) {
      instruments.retried('set')
      log.warn({ attempt, error: describeError(error), code: codeOf(error) }, 'a set could not be saved and is tried again')
    },
    onFatal,
  })
  const effects = createEffectStore(pool, service.store)
  const runner = createEffectRunner({ service, store: effects, world, collector, instruments, onError: report(options), pause })
  const consumer = createConsumer({ kafka, service, reads, collector, instruments, log, onFatal, pause })
  return { relay, collector, runner, consumer }
}

/** Every step is taken, also when one fails; the failures are told together. */
async function inTurn(...steps: (() => Promise<unknown>)[]) {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, 'the runtime did not stop cleanly')
}
