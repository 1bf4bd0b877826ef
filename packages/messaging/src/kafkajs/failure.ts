import { KafkaRefusal, SendError } from '../kafka.ts'

// Kafka's verdict on what a record *is*. Everything not named here is the environment: parking a good record is worse than waiting.
const RECORD = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'])
const AUTHORIZATION = /_(AUTHORIZATION|AUTHENTICATION)_FAILED$/
// A replication factor is not among them: brokers that are away come back.
const TOPIC = new Set(['INVALID_CONFIG', 'POLICY_VIOLATION', 'INVALID_TOPIC_EXCEPTION', 'INVALID_PARTITIONS'])

/** Tells from an error of kafkajs what is to blame for a send that failed. */
export function asSendError(error: unknown): SendError {
  return new SendError(kindOf(typeOf(error)), messageOf(error), { cause: error })
}

/** The error itself, unless it is one that trying again does not help. */
export function asRefusal(error: unknown): unknown {
  const all = (error as { errors?: readonly unknown[] } | null)?.errors ?? [error]
  const refused = all.find((one) => isRefusal(typeOf(one)))
  if (refused === undefined) return error
  const { topic } = refused as { topic?: string }
  return new KafkaRefusal(`${topic ? `topic ${topic}: ` : ''}${messageOf(refused)}`, { cause: error })
}

const isRefusal = (type: string) => AUTHORIZATION.test(type) || TOPIC.has(type)

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

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
