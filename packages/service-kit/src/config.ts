import { EVENT_DAYS } from '@quadrille/contracts'
import { CRASH_POINTS } from '@quadrille/messaging'
import { z } from 'zod'
import { samplers } from './telemetry.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The environment is wrong: the message lists every problem at once, each with what to write instead. */
export class ConfigError extends Error {
  readonly code = 'CONFIG'
}

const url = (protocol: RegExp, example: string) => z.url({ protocol, error: 'must be a URL' }).meta({ example })
const whole = (least: number, most: number, example: number) =>
  z.coerce.number({ error: 'must be a whole number' }).int('must be a whole number').min(least).max(most).meta({ example })

/** A TCP port; 0 takes any free one. */
export const port = (usual: number) => whole(0, 65_535, usual).default(usual)

/** A whole number of milliseconds. */
export const milliseconds = (usual: number) => whole(0, 2_147_483_647, usual).default(usual)

const opsToken = (example: string) => z.string().min(8, 'must have at least 8 characters').optional().meta({ secret: true, example })

const days = (usual: number) => whole(1, 36_500, usual).default(usual)

/** A URL of another server. */
export const httpUrl = (usual: string) => url(/^https?$/, usual).default(usual)

const crashPoint = z
  .string()
  .regex(new RegExp(`^(${CRASH_POINTS.join('|')})(:[1-9]\\d*)?$`), `must be <point>:<n>, one of ${CRASH_POINTS.join(', ')}`)
  .optional()
  .meta({ example: 'after-ack:3' })

/** The variables every service reads, with defaults that are safe on a laptop. Spread it into the service's own `z.object`. */
export const commonConfig = ({ service, port: usual }: { service: string; port: number }) => ({
  PORT: port(usual),
  /** Not 0.0.0.0: a laptop in a café serves nobody; containers set it. */
  HOST: z.string().min(1).default('127.0.0.1').meta({ example: '0.0.0.0' }),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user:password@127.0.0.1:15432/name').default(
    `postgres://${service}:${service}@127.0.0.1:15432/${service}`,
  ),
  /** With the listener and one spare, at most 12 connections a process. */
  DATABASE_POOL: whole(1, 10, 10).default(10),
  KAFKA_BROKERS: brokers.default(['127.0.0.1:9092']),
  /** The library that speaks to Kafka: both pass the same tests, and a group may have members of both. */
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic']).default('kafkajs').meta({ example: 'kafkajs' }),
  /** Guards /admin; without it the operators' API is off. */
  OPS_TOKEN: opsToken('a-long-random-word'),
  /** Only looks: whoever sends it may change nothing. */
  OPS_READ_TOKEN: opsToken('another-long-random-word'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info').meta({ example: 'info' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(/^https?$/, 'http://127.0.0.1:4318').optional(),
  /** Whether metrics go there too, or are only asked for at `/metrics`: a store of traces takes none. */
  OTEL_METRICS_EXPORTER: z.enum(['otlp', 'none']).default('otlp').meta({ example: 'none' }),
  /** Which traces are recorded, where nobody before has decided; the ratio is the sampler's argument. */
  OTEL_TRACES_SAMPLER: z.enum(samplers).default('parentbased_always_on').meta({ example: 'parentbased_traceidratio' }),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1).meta({ example: '0.1' }),
  /** How long finished spans are gathered before they are sent. */
  OTEL_BSP_SCHEDULE_DELAY: milliseconds(5_000),
  /** Work that stands still for so long while database and broker answer ends the process; 0 switches that off. */
  WATCHDOG_MS: milliseconds(60_000),
  /** For laboratories only: a handler that throws for one order. */
  FAIL_HANDLER: z
    .string()
    .regex(/^[A-Za-z]+:[0-9a-f-]{36}$/, 'must be <type>:<orderId>')
    .optional()
    .meta({ example: 'OrderPlaced:0193e5a0-0000-7000-8000-000000000000' }),
  /** For laboratories only: ends (SIGKILL) or stops (SIGSTOP) this process at the n-th passing of a point. */
  CRASH_AT: crashPoint,
  FREEZE_AT: crashPoint,
  /** Unsent rows, and the age of the oldest, at which a service stops taking what it cannot pass on. */
  OUTBOX_LIMIT: whole(1, 1_000_000_000, 2_000_000).default(2_000_000),
  OUTBOX_LIMIT_AGE_MS: whole(1, 2_147_483_647, 15 * 60_000).default(15 * 60_000),
  /** How long published rows are kept, for replay and audit. */
  RETENTION_OUTBOX_DAYS: days(30),
  /** How long a duplicate is recognised by its id; see `retentionProblems`. */
  RETENTION_INBOX_DAYS: days(45),
})

const brokers = z
  .string()
  .transform((list) => list.split(',').map((broker) => broker.trim()))
  .pipe(z.array(z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must be host:port')).min(1))
  .meta({ example: '127.0.0.1:9092,127.0.0.1:9093' })

export type CommonConfig = z.output<z.ZodObject<ReturnType<typeof commonConfig>>>

/** Reads the environment; throws one `ConfigError` that lists every problem. An empty variable counts as not set. */
export function readConfig<Schema extends z.ZodObject>(schema: Schema, env: Env): z.output<Schema> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const read = schema.safeParse(set)
  const problems = read.success
    ? [...retentionProblems(read.data), ...tokenProblems(read.data)]
    : read.error.issues.map((issue) => explain(schema, issue, set))
  if (read.success && problems.length === 0) return read.data
  throw new ConfigError(`the configuration is wrong:\n${[...new Set(problems)].map((problem) => `  ${problem}`).join('\n')}`)
}

/**
 * Nothing that can still come back may be forgotten. A rule over several variables cannot stand in the schema, which services spread
 * into their own. What reaches back furthest: a row published again on its last day in the outbox stays in its topic for `EVENT_DAYS`.
 */
function retentionProblems({ RETENTION_OUTBOX_DAYS: outbox, RETENTION_INBOX_DAYS: inbox }: Partial<CommonConfig>): string[] {
  if (outbox === undefined || inbox === undefined) return []
  const [least, leastInbox] = [EVENT_DAYS + 1, outbox + EVENT_DAYS + 1]
  const problems = []
  if (outbox < least)
    problems.push(
      `RETENTION_OUTBOX_DAYS=${outbox} must be at least ${least}: the outbox outlasts the topics, which keep ${EVENT_DAYS} days`,
    )
  if (inbox < leastInbox)
    problems.push(
      `RETENTION_INBOX_DAYS=${inbox} must be at least ${leastInbox}: RETENTION_OUTBOX_DAYS=${outbox} and the topics' ${EVENT_DAYS} days, or a replay is handled twice`,
    )
  return problems
}

function tokenProblems({ OPS_TOKEN: token, OPS_READ_TOKEN: readToken }: Partial<CommonConfig>): string[] {
  if (token === undefined || token !== readToken) return []
  return ['OPS_READ_TOKEN must be another than OPS_TOKEN: whoever has it is to change nothing']
}

function explain(schema: z.ZodObject, issue: z.core.$ZodIssue, env: Env): string {
  const name = String(issue.path[0] ?? 'the configuration')
  const problem = env[name] === undefined ? 'is missing' : issue.message
  const example = metaOf(schema.shape[name]).example
  return `${name} ${problem}${example === undefined ? '' : `, for example ${name}=${example}`}`
}

/** What a service runs with, a line per variable, for people: secrets and passwords are masked. */
export function showConfig(schema: z.ZodObject, config: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(schema.shape).sort()
  return names.map((name) => `${name}=${shown(config[name], metaOf(schema.shape[name]).secret === true)}`).join('\n')
}

function shown(value: unknown, secret: boolean): string {
  if (value === undefined) return ''
  return secret ? '***' : String(value).replace(/(?<=:\/\/[^/@]*:)[^/]*(?=@)/, '***')
}

/** `.meta()` may stand inside or outside of `.default()` and `.optional()`. */
function metaOf(schema: unknown): { example?: unknown; secret?: unknown } {
  if (!(schema instanceof z.ZodType)) return {}
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? metaOf(schema.unwrap()) : {}
  return { ...inner, ...schema.meta() }
}

/** For a service's `main.ts`: the process's own environment. A wrong one, or `--print-config`, ends the process with plain text. */
export function configOfProcess<Schema extends z.ZodObject>(schema: Schema): z.output<Schema> {
  try {
    const config = readConfig(schema, process.env)
    if (!process.argv.includes('--print-config')) return config
    process.stdout.write(`${showConfig(schema, config)}\n`)
    return process.exit(0)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return process.exit(1)
  }
}
