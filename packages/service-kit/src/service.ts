import {
  createInstruments,
  type createRuntime,
  type Definition,
  eachAlone,
  type Forgettable,
  type Kafka,
  passingOf,
  type ReplayingKafka,
  type Runtime,
  type Trx,
  withCrashingEffects,
  withCrashingSends,
  withFailingHandler,
} from '@quadrille/messaging'
import type { Pool } from 'pg'
import { fullness } from './backlog.ts'
import type { CommonConfig } from './config.ts'
import { createPool } from './database.ts'
import { serveEverything } from './endpoints.ts'
import type { Guard } from './guard.ts'
import { type App, createApp } from './http.ts'
import { activeTraceparent } from './http-telemetry.ts'
import { createLog, type Logger } from './logging.ts'
import { createLife } from './service-life.ts'
import { createTelemetry, type Telemetry } from './telemetry.ts'

/** What a service's routes may do: ask its own tables, and submit commands, which are decided in the next set. */
export interface Running<Config = CommonConfig> extends Trx, Pick<Runtime, 'submit' | 'backlog'> {
  readonly config: Config
  readonly log: Logger
}

/** Adds a service's routes; `ops` guards those that only operators may use. */
export type Routes<Config = CommonConfig> = (app: App, running: Running<Config>, ops: Guard) => void | Promise<void>

/** What one service is, and with what it runs. */
export interface ServiceOptions<State, Shared, Config extends CommonConfig> {
  readonly service: Definition<State, Shared> & { readonly serves?: Routes<Config> }
  readonly config: Config
  /** What its effects are performed with, such as the payment provider. */
  readonly world?: unknown
  /** The folder of its own migrations. */
  readonly migrations?: URL
  /** Rows of its own tables that are of no use after some days. */
  readonly forgets?: readonly Forgettable[]
  /** Runs after the migrations, at every start: seeds, which must do no harm when repeated. */
  readonly prepare?: (trx: Trx) => Promise<unknown>
  /** False where requests are welcome while Kafka is down. */
  readonly readyNeedsGroup?: boolean
}

/** What differs between a process and a test. */
export interface Parts {
  readonly createRuntime: typeof createRuntime
  readonly createKafka: (options: { brokers: string[]; clientId: string; log: Logger }) => ReplayingKafka
  /** The process can go no further. */
  readonly onFatal: (error: unknown, log: Logger) => void
}

/** Everything a service is put together from. */
export interface Assembly<Config extends CommonConfig = CommonConfig> {
  readonly options: ServiceOptions<never, never, Config>
  readonly app: App
  readonly pool: Pool
  readonly kafka: Kafka
  readonly runtime: Runtime
  readonly telemetry: Telemetry
  readonly running: Running<Config>
}

/** A whole service, not yet started; `app.inject` asks its routes without a port. */
export interface Service<Config> extends Running<Config> {
  readonly app: App
  /** Migrates, starts the runtime, then listens; tells where. When it fails, what was started is stopped again. */
  start(): Promise<string>
  /** At most 10 s: HTTP first, then the runtime, connections and telemetry. */
  close(): Promise<void>
}

/** Puts a service together, without any I/O. */
export async function createService<State, Shared, Config extends CommonConfig>(
  options: ServiceOptions<State, Shared, Config>,
  { createRuntime, createKafka, onFatal }: Parts,
): Promise<Service<Config>> {
  const { config, world } = options
  const pass = passingOf({ crash: config.CRASH_AT, freeze: config.FREEZE_AT })
  const service = withCrashingEffects(withFailingHandler(options.service, config.FAIL_HANDLER), pass)
  const { name } = service
  const log = createLog({ service: name, level: config.LOG_LEVEL })
  const telemetry = createTelemetry({
    service: name,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    sendsMetrics: config.OTEL_METRICS_EXPORTER === 'otlp',
    sampler: config.OTEL_TRACES_SAMPLER,
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    gatherMs: config.OTEL_BSP_SCHEDULE_DELAY,
  })
  const { meter, tracer } = telemetry
  const pool = createPool({ service: name, url: config.DATABASE_URL, connections: config.DATABASE_POOL, log })
  const kafka = withCrashingSends(createKafka({ brokers: config.KAFKA_BROKERS, clientId: name, log }), pass)
  const instruments = createInstruments(meter, tracer, name)
  const runtime = createRuntime({
    service,
    world,
    pool,
    kafka,
    log,
    instruments,
    ...limitsOf(options),
    onFatal: (error) => onFatal(error, log),
    pass,
  })
  instruments.gauge('outbox_limit_ratio', 'how full the outbox is: above 1 nothing more is taken in', () =>
    fullness(runtime.backlog(), config),
  )
  const running = runningOf(config, log, pool, runtime)
  const app = await createApp({ service: name, log, meter, tracer })
  const assembly = { options: options as never, app, pool, kafka, runtime, telemetry, running }
  const life = createLife(assembly)
  await serveEverything(assembly, life)
  return { ...running, app, start: life.start, close: life.close }
}

const limitsOf = ({ config, forgets }: Pick<ServiceOptions<never, never, CommonConfig>, 'config' | 'forgets'>) => ({
  retention: { outboxDays: config.RETENTION_OUTBOX_DAYS, inboxDays: config.RETENTION_INBOX_DAYS, own: forgets },
  watchdogMs: config.WATCHDOG_MS,
})

const runningOf = <Config>(config: Config, log: Logger, pool: Pool, runtime: Runtime): Running<Config> => ({
  config,
  log,
  backlog: () => runtime.backlog(),
  query: eachAlone(pool).query,
  submit: (name, command, cause) => runtime.submit(name, command, { traceparent: activeTraceparent(), ...cause }),
})
