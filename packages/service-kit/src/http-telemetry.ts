import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { FastifyRequest } from 'fastify'
import type { App } from './http.ts'

// Advised by the semantic conventions, in seconds.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

// Asked every few seconds for ever: a trace of each would bury those of orders.
const unseen = new Set(['/livez', '/readyz', '/metrics'])

// Nothing was answered, and Fastify has no hook for that: nginx' word for it.
const CALLER_GONE = 499

const w3c = new W3CTraceContextPropagator()

/** A duration for every request, and a span for all but probes; its trace is continued from, and echoed to, the caller in `traceparent`. */
export function traceRequests(app: App, { meter, tracer }: { meter: Meter; tracer: Tracer }): void {
  const spans = new WeakMap<FastifyRequest, Span>()
  const told = new WeakSet<FastifyRequest>()
  const duration = meter.createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'time a request took',
    advice: { explicitBucketBoundaries: SECONDS },
  })

  function tell(request: FastifyRequest, elapsedMs: number, status: number) {
    if (told.has(request)) return
    told.add(request)
    duration.record(elapsedMs / 1000, { ...attributesOf(request), 'http.response.status_code': status })
    endSpan(spans.get(request), status)
  }

  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => tell(request, reply.elapsedTime, CALLER_GONE))
    if (unseen.has(request.routeOptions.url ?? '')) return done()
    const caller = w3c.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter)
    const name = `${request.method} ${request.routeOptions.url ?? ''}`.trim()
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes: attributesOf(request) }, caller)
    const active = trace.setSpan(ROOT_CONTEXT, span)
    w3c.inject(active, reply, { set: (to, header, value) => void to.header(header, value) })
    spans.set(request, span)
    context.with(active, done)
  })
  app.addHook('onResponse', (request, { elapsedTime, statusCode }, done) => {
    tell(request, elapsedTime, statusCode)
    done()
  })
}

/** The route and not the path, which would make a time series per order. */
const attributesOf = ({ method, routeOptions }: FastifyRequest) => ({ 'http.request.method': method, 'http.route': routeOptions.url ?? '' })

function endSpan(span: Span | undefined, statusCode: number) {
  span?.setAttribute('http.response.status_code', statusCode)
  if (statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(statusCode))
  span?.end()
}

/** Of the request being handled, for what it submits. */
export function activeTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {}
  w3c.inject(context.active(), carrier, defaultTextMapSetter)
  return carrier.traceparent
}
