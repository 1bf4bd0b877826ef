import { KafkaRefusal, SendError } from './kafka.ts'

/** The message's own failure: the same bytes fail the same way again, so it is parked at once and never retried. */
export class MessageError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A promise that cannot be kept: the process must end, and its supervisor starts it again. */
export class FatalError extends Error {
  readonly code = 'FATAL'
}

export type Blame = 'data' | 'environment' | 'bug'

// PostgreSQL, appendix A: 22 data exception, 23 integrity constraint violation, 54 program limit exceeded.
const DATA = new Set(['22', '23', '54'])
// 08 connection, 40 rollback (deadlock, serialization), 53 resources, 55 state (lock timeout), 57 operator (shutdown, statement timeout), 25P03 idle timeout.
const ENVIRONMENT = new Set(['08', '40', '53', '55', '57', '58', '25'])

/** Decides, for an error while saving a set, whether the data is to blame (bisect, park the guilty order) or the environment (again, later). */
export function blame(error: unknown): Blame {
  const code = codeOf(error)
  if (code === undefined) return error instanceof TypeError || error instanceof ReferenceError ? 'bug' : 'environment'
  if (!/^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return 'environment' // ECONNREFUSED, EPIPE and kin: a SQLSTATE has a digit
  if (DATA.has(code.slice(0, 2))) return 'data'
  return ENVIRONMENT.has(code.slice(0, 2)) ? 'environment' : 'bug'
}

/** A deadlock, or a lock that somebody held too long. */
export const isContention = (error: unknown) => ['40001', '40P01', '55P03'].includes(codeOf(error) ?? '')

/** PostgreSQL does not let this service do what it must, and no retry will: 42501, insufficient privilege. */
export const isLostRight = (error: unknown) => codeOf(error) === '42501'

/** Trying again is in vain: what is refused is the work itself, not this moment. */
export function neverPasses(error: unknown): boolean {
  if (error instanceof SendError) return error.kind !== 'environment'
  return [KafkaRefusal, MessageError, FatalError].some((kind) => error instanceof kind) || blame(error) !== 'environment'
}

export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

const LONGEST = 2_000

/** Error text that any column and any header can hold: no NUL, at most 2 kB. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replaceAll('\u0000', '\ufffd').slice(0, LONGEST)
}
