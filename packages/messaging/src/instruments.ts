import type { Attributes, Meter, Tracer } from '@opentelemetry/api'
import { HEADERS, headerOf } from '@quadrille/contracts'
import type { Measures } from './definition.ts'
import { type Message, WAITING } from './input.ts'
import { createSpans, type Received, type Sent, type Spans, type Timed } from './spans.ts'

// OpenTelemetry semantic conventions 1.44, messaging: the advised boundaries of its durations, in seconds.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** What became of a record. */
export type Outcome = 'handled' | 'redriven' | 'duplicate' | 'waiting' | 'dead letter'

/** A record on its way; only its first end counts. */
export interface Processing {
  readonly traceparent: string
  end(outcome: Outcome, errorCode?: string): void
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
  const spans = createSpans(tracer, service)
  return {
    bounded,
    /** The instruments of a service's own business. */
    measure: <State>(measures: Measures<State> | undefined) => measures?.(meter) ?? (() => undefined),
    create: spans.create,
    ...durations(meter, spans, { service, bounded }),
    ...sends(meter, spans),
    consumed: (topic: string, messages: number) => count.consumed.add(messages, { ...kafka, 'messaging.destination.name': topic }),
    duplicates: (absorbed: number) => count.duplicates.add(absorbed),
    failed: (code: string) => count.errors.add(1, { code: bounded(code) }),
    skipped: (topic: string) => count.skipped.add(1, { 'messaging.destination.name': topic }),
    retried: (what: 'set' | 'relay' | 'effect') => count.retries.add(1, { what }),
    producerRebuilt: () => count.producers.add(1),
    assigned: () => count.assigned.add(1),
    removed: (table: string, rows: number) => count.removed.add(rows, { table }),
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

const CODES = ['UNDECODABLE', 'CONTRACT_DATA', 'CONTRACT_VERSION', 'HANDLER', 'EFFECT_REFUSED']

/** Codes come with errors, and anybody may make one up: what comes after the first twenty, our own among them, is told together. */
function createBounded(most = 20) {
  const known = new Set([...CODES, WAITING])
  return (code: string) => (known.has(code) || known.size < most ? known.add(code) && code : 'OTHER')
}

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
    retries: count('environment_retries', 'tried again because of the environment', { what: 'set' }, { what: 'relay' }, { what: 'effect' }),
    assigned: count('consumer_rebalances', 'times this member of the group was given its partitions', {}),
    removed: count('retention_removed_rows', 'rows removed for their age'),
    producers: count('relay_producer_rebuilds', 'producers thrown away after a failed send', {}),
  }
}

const seconds = (meter: Meter, name: string, description: string) =>
  meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS } })

function sends(meter: Meter, spans: Spans) {
  const operation = seconds(meter, 'messaging.client.operation.duration', 'time a send to Kafka took')
  const sent = meter.createCounter('messaging.client.sent.messages', { unit: '{message}', description: 'records Kafka acknowledged' })
  return {
    /** One round of the relay. */
    sent(rows: readonly Sent[], elapsed: number, errorCode?: string) {
      spans.sent(rows, elapsed, errorCode)
      operation.record(elapsed, { ...kafka, 'messaging.operation.name': 'send', ...(errorCode && { 'error.type': errorCode }) })
      if (errorCode) return
      for (const [topic, { length }] of Map.groupBy(rows, ({ topic }) => topic))
        sent.add(length, { ...kafka, 'messaging.destination.name': topic })
    },
  }
}

function durations(
  meter: Meter,
  { process, perform }: Spans,
  { service, bounded }: { service: string; bounded: (code: string) => string },
) {
  const processing = seconds(meter, 'messaging.process.duration', 'delivery until the set with this record was committed')
  const latency = seconds(meter, 'event_handling_latency_seconds', "an event's time (its commit at the emitter) until it was handled here")
  const attempts = meter.createCounter('effect_attempts', { description: 'attempts at effects, by what came of them' })

  return {
    /** A record is on its way through a set. */
    process(received: Received): Processing {
      const span = process(received)
      const start = performance.now()
      let ended = false
      return {
        traceparent: span.traceparent,
        end(outcome, code) {
          if (ended) return
          ended = true
          span.end(code, { 'quadrille.outcome': outcome })
          const error = code && { 'error.type': bounded(code) }
          processing.record((performance.now() - start) / 1000, {
            ...kafka,
            'messaging.operation.name': 'process',
            'messaging.consumer.group.name': service,
            'messaging.destination.name': received.message.topic,
            ...error,
          })
          if (outcome === 'handled' && received.type) latency.record(ageOf(received.message), { type: received.type })
        },
      }
    },
    /** One attempt at an effect. */
    effect(kind: string, orderId: string, parent: string | undefined): Timed {
      const span = perform(kind, orderId, parent)
      return {
        traceparent: span.traceparent,
        end(code) {
          span.end(code)
          attempts.add(1, { kind, result: code ? bounded(code) : 'answered' })
        },
      }
    },
  }
}

/** Clocks of two machines differ: nothing is handled before it was emitted. */
const ageOf = (message: Message) => Math.max(0, (Date.now() - Date.parse(headerOf(message, HEADERS.time) ?? '')) / 1000)
