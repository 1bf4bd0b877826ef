import { SendError } from '../kafka.ts'

// Kafka's verdict on what a record *is*. Everything not named here is the environment: parking a good record is worse than waiting.
const RECORD = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'])
const AUTHORIZATION = /_(AUTHORIZATION|AUTHENTICATION)_FAILED$/

/** Tells from an error of kafkajs what is to blame for a send that failed. */
export function asSendError(error: unknown): SendError {
  const message = error instanceof Error ? error.message : String(error)
  return new SendError(kindOf(typeOf(error)), message, { cause: error })
}

const kindOf = (type: string): SendError['kind'] =>
  RECORD.has(type) ? 'record' : AUTHORIZATION.test(type) ? 'authorization' : 'environment'

/** The protocol's name of the error, however deep kafkajs wrapped it. */
function typeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type, name } = at as Error & { type?: unknown }
    if (typeof type === 'string') return type
    if (name === 'KafkaJSSASLAuthenticationError') return 'SASL_AUTHENTICATION_FAILED'
  }
  return 'UNKNOWN'
}
