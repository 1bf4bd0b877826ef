import { randomBytes } from 'node:crypto'
import { type Context, ROOT_CONTEXT, type Span, TraceFlags, trace } from '@opentelemetry/api'

const W3C = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** The context that a `traceparent` names, to hang a span under it. */
export function contextOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] = W3C.exec(traceparent ?? '') ?? []
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true })
}

/** A span's `traceparent`; where no tracer runs, one of our own making, so that every event carries a trace all the same. */
export function traceparentOf(span: Span, parent: string | undefined): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (span.isRecording() || /[1-9a-f]/.test(spanId))
    return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`
  return unsampledChild(parent)
}

/** Carries the trace on without a span. */
export const unsampledChild = (parent: string | undefined) =>
  `00-${traceIdOf(parent) ?? randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`

/** Whoever began this trace decided not to record it; a trace that nobody began yet is not decided. */
export function isUnsampled(traceparent: string | undefined): boolean {
  const flags = W3C.exec(traceparent ?? '')?.[3]
  return flags !== undefined && (Number.parseInt(flags, 16) & TraceFlags.SAMPLED) === 0
}

export const traceIdOf = (traceparent: string | undefined): string | undefined => W3C.exec(traceparent ?? '')?.[1]
