import { SendError } from '../kafka.ts'
import { asRefusal as refusalOf, asSendError as sendErrorOf } from '../kafkajs/failure.ts'

/** What an error of @platformatic/kafka, or one inside of it, may say. */
interface Said {
  readonly apiId?: string
  readonly serverErrorMessage?: string | null
  readonly needsRejoin?: boolean
  readonly errors?: readonly unknown[]
  readonly cause?: unknown
}

/** Tells from an error of the library what is to blame for a send that failed. */
export const asSendError = (error: unknown): SendError => (error instanceof SendError ? error : sendErrorOf(named(error)))

/** A refusal where trying again does not help; else an error that says in words what went wrong. */
export const asRefusal = (error: unknown, topic?: string): Error => refusalOf(Object.assign(named(error), { topic })) as Error

/** Whether it is one of the protocol's errors, by name. */
export const isCalled = (error: unknown, name: string): boolean => innermost(error).some(({ apiId }) => apiId === name)

/** The membership is not what the broker thinks it is: joining again may help, with the same member. */
export const needsRejoin = (error: unknown): boolean => innermost(error).some((one) => one.needsRejoin === true)

/** The protocol's names mean the same whoever speaks it, so the first driver's verdicts hold: they read `type`. */
function named(error: unknown): Error {
  const all = innermost(error)
  // A refused record comes with its own number in the batch, as an "unknown" error, before the partition's that says why.
  const one = all.find(({ apiId }) => apiId && apiId !== 'UNKNOWN_SERVER_ERROR') ?? all[0]!
  return Object.assign(said(one, error), one.apiId && { type: one.apiId })
}

const said = (one: Said, cause: unknown) => new Error(one.serverErrorMessage ?? (one as Error).message ?? String(cause), { cause })

/** It wraps what happened in what it was about, several times over. */
function innermost(error: unknown): Said[] {
  const { errors = [], cause } = (error ?? {}) as Said
  const inner = cause ? [...errors, cause] : errors
  return inner.length > 0 ? inner.flatMap(innermost) : [(error ?? {}) as Said]
}
