import { trace } from '@opentelemetry/api'
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

export type { Logger } from 'pino'

// PostgreSQL's `detail` and `where` quote the values that they refuse.
const personal = ['email', 'paymentToken', 'authorization', 'token', 'password', 'detail', 'where']

/** What must never reach a log, wherever it hides in the first three levels. */
const redact = {
  paths: personal.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '***',
}

/** JSON lines on stdout, each with the service and, inside a span, with its trace. */
export function createLog({ service, level }: { service: string; level: string }, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    redact,
    mixin: activeTrace,
    serializers: { error: stdSerializers.err, err: stdSerializers.err },
  }
  return destination ? pino(options, destination) : pino(options)
}

function activeTrace(): object {
  const span = trace.getActiveSpan()?.spanContext()
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {}
}
