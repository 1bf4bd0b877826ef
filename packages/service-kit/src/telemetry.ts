import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { context, type Meter, type Tracer, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, type MetricData, PeriodicExportingMetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'

/** Meter and tracer of one service. Both always work; they are sent over OTLP only where an endpoint is set. */
export interface Telemetry {
  readonly meter: Meter
  readonly tracer: Tracer
  /** Every metric in Prometheus' text format, for `/metrics`. */
  exposition(): Promise<string>
  /** Sends what is not yet sent. */
  stop(): Promise<void>
}

// A collector that is gone must cost telemetry, never the clean exit: shorter than the second that stopping gives it.
const LONGEST_FLUSH_MS = 800

/** By the names that OpenTelemetry's specification gives to `OTEL_TRACES_SAMPLER`. */
export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

export interface TelemetryOptions {
  readonly service: string
  readonly endpoint?: string
  /** False where the endpoint takes traces only. */
  readonly sendsMetrics?: boolean
  /** Decides for the traces that begin here, and for requests that come with one. Events of a trace that is not recorded are never recorded, whatever the sampler. */
  readonly sampler?: (typeof samplers)[number]
  readonly ratio?: number
  readonly gatherMs?: number
}

/** Registers the service's meter and tracer; with `endpoint`, both also go to an OpenTelemetry collector. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { service, endpoint, sendsMetrics = true } = options
  const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': `${hostname()}-${process.pid}` })
  const prometheus = new PrometheusExporter({ preventServerStart: true })
  const metrics = new MeterProvider({ resource, readers: [prometheus, ...(endpoint && sendsMetrics ? [sentTo(endpoint)] : [])] })
  const traces = endpoint ? tracesSentTo(endpoint, resource, options) : tracesOfNobody(resource)
  // Global, because a log line asks for the active span without knowing who made it.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(traces)
  const serializer = new PrometheusSerializer('', false, undefined, false, true)
  return {
    meter: metrics.getMeter('quadrille'),
    tracer: traces.getTracer('quadrille'),
    exposition: async () => serializer.serialize(withUnits((await prometheus.collect()).resourceMetrics)),
    async stop() {
      const flushed = Promise.allSettled([traces.shutdown(), metrics.shutdown()])
      await Promise.race([flushed, wait(LONGEST_FLUSH_MS, undefined, { ref: false })])
    },
  }
}

const signalUrl = (endpoint: string, signal: string) => `${endpoint.replace(/\/$/, '')}/v1/${signal}`

const sentTo = (endpoint: string) =>
  new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: signalUrl(endpoint, 'metrics') }),
    exportIntervalMillis: 10_000,
  })

/** At most 2,048 spans wait to be sent; what comes while a collector is slow or gone is dropped. */
function tracesSentTo(endpoint: string, resource: Resource, { sampler, ratio, gatherMs }: TelemetryOptions) {
  const exporter = new OTLPTraceExporter({ url: signalUrl(endpoint, 'traces') })
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: gatherMs })
  return new TracerProvider({ resource, sampler: samplerOf(sampler, ratio), spanProcessors: [processor] })
}

/** The sampler of that name. */
export function samplerOf(name: TelemetryOptions['sampler'] = 'parentbased_always_on', ratio = 1): Sampler {
  const roots = { always_on: new AlwaysOnSampler(), always_off: new AlwaysOffSampler(), traceidratio: new TraceIdRatioBasedSampler(ratio) }
  const root = roots[name.replace('parentbased_', '') as keyof typeof roots]
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

/** Spans keep their valid ids, which travel in every event, but nobody pays for recording them. */
const tracesOfNobody = (resource: Resource) =>
  new TracerProvider({ resource, sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) })

const SUFFIX: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' }

/** OpenTelemetry keeps the unit beside its dotted names, Prometheus in the name; the exporter leaves that to us. Names without dots stay as they are. */
function withUnits({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
  return { resource, scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.map(withUnit) })) }
}

function withUnit(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor
  const suffix = SUFFIX[unit]
  if (!suffix || !name.includes('.')) return metric
  return { ...metric, descriptor: { ...metric.descriptor, name: `${name}.${suffix}` } }
}
