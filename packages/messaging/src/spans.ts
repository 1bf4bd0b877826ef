import { type Attributes, type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { HEADERS } from '@quadrille/contracts'
import type { Message } from './input.ts'
import type { OutgoingRecord } from './kafka.ts'
import { contextOf, isUnsampled, traceparentOf, unsampledChild } from './traceparent.ts'

/** Something under way; `traceparent` hangs what follows under it. What never ends was rolled back, and is told to nobody. */
export interface Timed {
  readonly traceparent: string
  end(errorCode?: string, more?: Attributes): void
}

/** An event that was decided. */
export interface Created {
  readonly id: string
  readonly type: string
  readonly topic: string
  readonly orderId: string
}

/** A row of the outbox that went to Kafka. */
export interface Sent {
  readonly topic: string
  readonly traceparent?: string
  readonly record: Pick<OutgoingRecord, 'partition' | 'headers'>
}

/** A record on its way through a set, be it an event or none. */
export interface Received {
  readonly id: string
  readonly type?: string
  readonly orderId: string | null
  readonly message: Message
  readonly cause?: { readonly traceparent?: string }
}

export type Spans = ReturnType<typeof createSpans>

/**
 * Spans at our seams, by OpenTelemetry's semantic conventions 1.44. The parent is the creation of the event, so that one order is
 * one waterfall. Where that was not sampled nothing is recorded, and nothing is paid for.
 */
export function createSpans(tracer: Tracer, service: string) {
  function begin(name: string, kind: SpanKind, parent: string | undefined, attributes: Attributes, links?: Link[]): Timed {
    const span = tracer.startSpan(name, { kind, attributes, links }, contextOf(parent))
    return { traceparent: traceparentOf(span, parent), end: (code, more) => endSpan(span, code, more) }
  }

  return {
    /** An event is created; its context travels with it, whoever sends it. To be ended with the commit. */
    create: (event: Created, parent: string | undefined): Timed =>
      isUnsampled(parent)
        ? unrecorded(parent)
        : begin(`create ${event.topic}`, SpanKind.PRODUCER, parent, { ...operation('create', event.topic), ...identity(event) }),

    /** From delivery, or from redrive, to commit. */
    process(received: Received): Timed {
      const parent = received.cause?.traceparent
      if (isUnsampled(parent)) return unrecorded(parent)
      const { topic } = received.message
      const attributes = { ...operation('process', topic), 'messaging.consumer.group.name': service, ...identity(received) }
      return begin(`process ${topic}`, SpanKind.CONSUMER, parent, { ...attributes, ...placeOf(received.message) }, linkTo(parent))
    },

    /** One attempt at an effect. */
    perform: (kind: string, orderId: string, parent: string | undefined): Timed =>
      isUnsampled(parent)
        ? unrecorded(parent)
        : begin(`perform ${kind}`, SpanKind.CLIENT, parent, { 'quadrille.effect': kind, 'messaging.message.conversation_id': orderId }),

    /** A round of the relay is over: a span for each record, under its creation, with a link to the round that they share. */
    sent(rows: readonly Sent[], elapsed: number, errorCode?: string) {
      const traced = rows.filter(({ traceparent }) => traceparent && !isUnsampled(traceparent))
      if (traced.length === 0) return
      const startTime = Date.now() - elapsed * 1_000
      const count = { 'messaging.batch.message_count': rows.length }
      const options = { kind: SpanKind.CLIENT, startTime }
      const round = tracer.startSpan('send batch', { ...options, attributes: { ...operation('send'), ...count } }, ROOT_CONTEXT)
      for (const row of traced) {
        const links = [{ context: round.spanContext() }]
        const one = { ...options, attributes: { ...operation('send', row.topic), ...sentAttributes(row) }, links }
        endSpan(tracer.startSpan(`send ${row.topic}`, one, contextOf(row.traceparent)), errorCode)
      }
      endSpan(round, errorCode)
    },
  }
}

const unrecorded = (parent: string | undefined): Timed => ({ traceparent: unsampledChild(parent), end: () => undefined })

function endSpan(span: Span, code?: string, more?: Attributes) {
  if (more) span.setAttributes(more)
  if (code) span.setStatus({ code: SpanStatusCode.ERROR, message: code }).setAttribute('error.type', code)
  span.end()
}

const operation = (name: 'create' | 'send' | 'process', topic?: string): Attributes => ({
  'messaging.system': 'kafka',
  'messaging.operation.name': name,
  'messaging.operation.type': name,
  ...(topic && { 'messaging.destination.name': topic }),
})

/** What joins the traces of one order, also that of a later cancel, is the conversation. */
const identity = ({ id, type, orderId }: { id: string; type?: string; orderId: string | null }): Attributes => ({
  'messaging.message.id': id,
  ...(type && { 'cloudevents.event_type': type }),
  ...(orderId && { 'messaging.message.conversation_id': orderId, 'messaging.kafka.message.key': orderId }),
})

const placeOf = ({ partition, offset }: Message): Attributes => ({
  'messaging.destination.partition.id': String(partition),
  'messaging.kafka.offset': Number(offset),
})

function sentAttributes({ record: { partition, headers } }: Sent): Attributes {
  const orderId = String(headers[HEADERS.subject])
  return { 'messaging.destination.partition.id': String(partition), ...identity({ id: String(headers[HEADERS.id]), orderId }) }
}

/** The conventions' own way to correlate: they allow the parent, and ask for the link. */
function linkTo(traceparent: string | undefined): Link[] {
  const context = trace.getSpanContext(contextOf(traceparent))
  return context ? [{ context }] : []
}
