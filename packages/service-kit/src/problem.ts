import { STATUS_CODES } from 'node:http'
import { blame, codeOf } from '@quadrille/messaging'
import { z } from 'zod'

/** An error answer as RFC 9457 wants it. */
export const Problem = z
  .looseObject({
    type: z.string().meta({ example: 'urn:quadrille:problem:not-found' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'For programs; stays the same when words change.' }),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.output<typeof Problem>

export interface ProblemOptions extends ErrorOptions {
  readonly detail?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the body, such as `errors`. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** What a route throws to answer with an error: `throw new HttpProblem(409, 'too-late', 'The cancel window has passed')`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  readonly detail: string | undefined
  readonly more: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, title: string, { detail, headers = {}, more = {}, ...rest }: ProblemOptions = {}) {
    super(title, rest)
    this.status = status
    this.code = code
    this.detail = detail
    this.headers = headers
    this.more = more
  }
}

/** The body of a problem; `instance` is the path that was asked for. */
export const problemBody = ({ status, code, message, detail, more }: HttpProblem, instance: string): Problem => ({
  type: `urn:quadrille:problem:${code}`,
  title: message,
  status,
  code,
  ...(detail !== undefined && { detail }),
  instance,
  ...more,
})

/** Nothing under this address. */
export const notFound = (detail?: string) => new HttpProblem(404, 'not-found', 'There is nothing here', { detail })

/** Something this service needs does not answer; the same request may work later. */
export const unavailable = (detail: string, cause?: unknown) =>
  new HttpProblem(503, 'unavailable', 'Not now: try again soon', { detail, cause, headers: { 'retry-after': '2' } })

interface Invalid {
  readonly validation: readonly { instancePath: string; message?: string }[]
  readonly validationContext?: string
}

/** Any error as a problem. What is nobody's business stays in `cause`, for the log. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (isInvalid(error)) return invalidRequest(error)
  if (isEnvironment(error)) return unavailable('something this service needs does not answer', error)
  const { statusCode = 500, message } = (error ?? {}) as { statusCode?: number; message?: string }
  if (statusCode < 400 || statusCode >= 500) return new HttpProblem(500, 'internal', 'Something went wrong here', { cause: error })
  return new HttpProblem(statusCode, kebab(STATUS_CODES[statusCode]), STATUS_CODES[statusCode] ?? 'Refused', {
    detail: message,
    cause: error,
  })
}

const kebab = (words = 'refused') => words.toLowerCase().replaceAll(/[^a-z]+/g, '-')

const isInvalid = (error: unknown): error is Invalid => Array.isArray((error as Partial<Invalid> | null)?.validation)

function invalidRequest({ validation, validationContext = 'body' }: Invalid) {
  const errors = validation.map(({ instancePath, message = 'is wrong' }) => ({ path: pathOf(instancePath), message }))
  const detail = `see errors: ${errors.length} in the ${validationContext}`
  return new HttpProblem(400, 'invalid-request', 'The request is not valid', { detail, more: { errors } })
}

const pathOf = (pointer: string) => pointer.split('/').filter(Boolean).join('.')

const SOCKET = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND)$/
// pg gives these no code.
const CONNECTION =
  /^(timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered a connection error)/

function isEnvironment(error: unknown): boolean {
  const { name, message } = (error ?? {}) as Partial<Error>
  if (name === 'TimeoutError') return true
  const code = codeOf(error)
  if (code === undefined) return CONNECTION.test(message ?? '')
  return SOCKET.test(code) || (/^[0-9A-Z]{5}$/.test(code) && blame(error) === 'environment')
}
