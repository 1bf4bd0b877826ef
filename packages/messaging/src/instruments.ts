import { type Attributes, type Meter, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import type { Measures } from './definition.ts'
import type { Message } from './input.ts'
import { contextOf, traceparentOf } from './traceparent.ts'

// OpenTelemetry semantic conventions 1.44, messaging: the advised boundaries of its durations, in seconds.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Something under way; `traceparent` hangs what follows under it. */
export interface Timed {
  readonly traceparent: string
  end(errorCode?: string): void
}

/** A value of a gauge that has several. */
export interface Sample {
  readonly value: number
  readonly labels: Attributes
}

/** Everything the runtime tells about itself. No ids in labels. */
export type Instruments = ReturnType<typeof createInstruments>

export function createInstruments(meter: Meter, tracer: Tracer, service: string) {
  const count = counters(meter)
  const bounded = createBounded()
  return {
    bounded,
    /** The instruments of a service's own business. */
    measure: <State>(measures: Measures<State> | undefined) => measures?.(meter) ?? (() => undefined),
    ...spans(meter, tracer, service),
    ...sends(meter),
    consumed: (topic: string, messages: number) => count.consumed.add(messages, { ...kafka, 'messaging.destination.name': topic }),
    duplicates: (absorbed: number) => count.duplicates.add(absorbed),
    failed: (code: string) => count.errors.add(1, { code: bounded(code) }),
    skipped: (topic: string) => count.skipped.add(1, { 'messaging.destination.name': topic }),
    retried: (what: 'set' | 'send' | 'effect') => count.retries.add(1, { what }),
    producerRebuilt: () => count.producers.add(1),
    assigned: () => count.assigned.add(1),
    /** Values that are read whenever somebody looks: one, or one for each set of labels. */
    gauge(name: string, description: string, read: () => number | readonly Sample[]) {
      meter.createObservableGauge(name, { description }).addCallback((result) => {
        const values = read()
        if (typeof values === 'number') result.observe(values)
        else for (const { value, labels } of values) result.observe(value, labels)
      })
    },
  }
}

const kafka = { 'messaging.system': 'kafka' }

/** Codes come with errors, and anybody may make one up: what comes after the first twenty is told together. */
function createBounded(most = 20) {
  const known = new Set<string>()
  return (code: string) => (known.has(code) || known.size < most ? known.add(code) && code : 'OTHER')
}

const CODES = ['UNDECODABLE', 'CONTRACT_DATA', 'CONTRACT_VERSION', 'HANDLER', 'EFFECT_REFUSED']

function counters(meter: Meter) {
  // Begun at 0, since Prometheus sees no increase in the first value of a series.
  const count = (name: string, description: string, ...begun: Attributes[]) => {
    const counter = meter.createCounter(name, { description })
    for (const labels of begun) counter.add(0, labels)
    return counter
  }
  return {
    consumed: meter.createCounter('messaging.client.consumed.messages', { unit: '{message}', description: 'records delivered' }),
    duplicates: count('duplicates_absorbed', 'events and outcomes that were taken before', {}),
    errors: count('handler_errors', 'inputs that failed, by code', ...CODES.map((code) => ({ code }))),
    skipped: count('events_skipped', 'records of a type this service does not read'),
    retries: count('environment_retries', 'tried again because of the environment', { what: 'set' }, { what: 'send' }, { what: 'effect' }),
    assigned: count('consumer_rebalances', 'times this member of the group was given its partitions', {}),
    producers: count('relay_producer_rebuilds', 'producers thrown away after a failed send', {}),
  }
}

const seconds = (meter: Meter, name: string, description: string) =>
  meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS } })

function sends(meter: Meter) {
  const operation = seconds(meter, 'messaging.client.operation.duration', 'time a send to Kafka took')
  const sent = meter.createCounter('messaging.client.sent.messages', { unit: '{message}', description: 'records Kafka acknowledged' })
  return {
    /** One round of the relay. */
    sent(records: readonly { topic: string }[], elapsed: number, errorCode?: string) {
      operation.record(elapsed, { ...kafka, 'messaging.operation.name': 'send', ...(errorCode && { 'error.type': errorCode }) })
      if (!errorCode) for (const { topic } of records) sent.add(1, { ...kafka, 'messaging.destination.name': topic })
    },
  }
}

function spans(meter: Meter, tracer: Tracer, service: string) {
  const processing = seconds(meter, 'messaging.process.duration', 'delivery until the set with this event was committed')
  const latency = seconds(meter, 'event_handling_latency_seconds', "an event's time (its commit at the emitter) until it was handled here")
  const attempts = meter.createCounter('effect_attempts', { description: 'attempts at effects, by what came of them' })
  const begin = (name: string, kind: SpanKind, parent: string | undefined, attributes: Attributes) =>
    tracer.startSpan(name, { kind, attributes }, contextOf(parent))

  return {
    /** An event goes from delivery to commit; parent is its creation, so that one order is one waterfall. */
    process(message: Message, event: Processed): Timed {
      const topic = { ...kafka, 'messaging.destination.name': message.topic, 'messaging.consumer.group.name': service }
      const span = begin(`process ${message.topic}`, SpanKind.CONSUMER, event.traceparent, { ...topic, ...attributesOf(message, event) })
      return timed(span, event.traceparent, (elapsed, code) => {
        processing.record(elapsed, { ...topic, ...(code && { 'error.type': code }) })
        latency.record(Math.max(0, (Date.now() - Date.parse(event.time)) / 1000), { type: event.type })
      })
    },
    /** The creation of an event: its context travels with it, whoever sends it. */
    create(topic: string, parent: string | undefined): string {
      const span = begin(`create ${topic}`, SpanKind.PRODUCER, parent, { ...kafka, 'messaging.destination.name': topic })
      span.end()
      return traceparentOf(span, parent)
    },
    effect(kind: string, parent: string | undefined): Timed {
      const span = begin(`perform ${kind}`, SpanKind.CLIENT, parent, { 'effect.kind': kind })
      return timed(span, parent, (_, code) => attempts.add(1, { kind, result: code ?? 'answered' }))
    },
  }
}

interface Processed {
  readonly id: string
  readonly type: string
  readonly time: string
  readonly orderId: string
  readonly traceparent: string
}

const attributesOf = ({ partition, offset }: Message, { id, orderId }: Processed): Attributes => ({
  'messaging.operation.name': 'process',
  'messaging.operation.type': 'process',
  'messaging.destination.partition.id': String(partition),
  'messaging.kafka.offset': offset,
  'messaging.kafka.message.key': orderId,
  'messaging.message.id': id,
  'messaging.message.conversation_id': orderId,
})

function timed(span: Span, parent: string | undefined, onEnd: (elapsed: number, code?: string) => void): Timed {
  const start = performance.now()
  return {
    traceparent: traceparentOf(span, parent),
    end(code) {
      if (code) span.setStatus({ code: SpanStatusCode.ERROR, message: code }).setAttribute('error.type', code)
      span.end()
      onEnd((performance.now() - start) / 1000, code)
    },
  }
}
