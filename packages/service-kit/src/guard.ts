import { createHash, timingSafeEqual } from 'node:crypto'
import type { Audit, AuditRow } from '@quadrille/messaging'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './http.ts'
import { HttpProblem } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers `dryRun: true` with what it would do. Elsewhere that word is no reason to leave a change out of the audit. */
    dryRuns?: boolean
  }
}

/** A hook that lets only operators pass; give it to a route as `onRequest`, so that nobody else's body is even read. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

export type AuditTrail = Pick<Audit, 'begin' | 'end'>

/** What lets an operator in: one token for everything, another that only looks. */
export interface OpsTokens {
  readonly token?: string | undefined
  readonly readToken?: string | undefined
}

/**
 * Guards the operators' API with a bearer token. Whatever an operator changes is written down and logged: who, what, why and with
 * what result. `x-operator` says who; a token is shared, so the name is what the operator claims.
 */
export function createGuard(app: App, { token, readToken }: OpsTokens, audit: AuditTrail): Guard {
  const operators = new WeakSet<FastifyRequest>()
  const readers = new WeakSet<FastifyRequest>()
  keepAudit(app, audit, (request) => operators.has(request) && isChange(request))
  // Behind the audit, which holds the attempt, and behind the body, which says whether it is a dry run.
  app.addHook('preHandler', (request, _reply, done) => {
    if (readers.has(request) && isChange(request)) throw onlyLooks()
    done()
  })
  app.addHook('onResponse', (request, { statusCode }, done) => {
    if (operators.has(request) && request.method !== 'GET')
      request.log.info({ ...actionOf(request), status: statusCode }, 'operator action')
    done()
  })
  return async (request) => {
    if (token === undefined && readToken === undefined)
      throw new HttpProblem(503, 'operators-off', "The operators' API is off", { detail: 'set OPS_TOKEN to use it' })
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const mayChange = isSame(given, token)
    if (!mayChange && !isSame(given, readToken)) {
      request.log.warn(actionOf(request), 'operator refused')
      const detail = 'send the OPS_TOKEN of this service as a bearer token'
      throw new HttpProblem(401, 'not-an-operator', 'This is for operators', { detail, headers: { 'www-authenticate': 'Bearer' } })
    }
    operators.add(request)
    if (!mayChange) readers.add(request)
  }
}

const onlyLooks = () =>
  new HttpProblem(403, 'read-only', 'This token only looks', {
    detail: 'OPS_READ_TOKEN may GET, and ask with dryRun: true; to change anything send the OPS_TOKEN of this service',
  })

/** Who asks, as they say. Headers hold Latin letters only, so programs send other names with %XX. */
export const operatorOf = ({ headers }: FastifyRequest) =>
  unescaped(String(headers['x-operator'] ?? 'unnamed'))
    .replaceAll(/\p{Cc}/gu, '\ufffd') // PostgreSQL refuses NUL, and terminals obey the others
    .slice(0, 64)

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

const LONGEST_RESULT = 1_000

/** A row before the handler runs, completed before the answer goes out. What cannot be written down is not done. */
function keepAudit(app: App, audit: AuditTrail, concerns: (request: FastifyRequest) => boolean) {
  const begun = new WeakMap<FastifyRequest, string>()
  async function begin(request: FastifyRequest) {
    const { reason = null, ...action } = actionOf(request)
    begun.set(request, await audit.begin({ ...action, request: askedOf(request), reason: reason === null ? null : String(reason) }))
  }

  async function end(id: string, { log }: FastifyRequest, { statusCode: status }: FastifyReply, answer: unknown) {
    const result = typeof answer === 'string' ? answer.slice(0, LONGEST_RESULT) : null
    await audit
      .end(id, { outcome: outcomeOf(status), status, result })
      .catch((err) => log.error({ err, auditId: id, status }, 'an audit row was not completed'))
  }

  // Hooks of every request: those that concern nobody's change wait for no promise.
  app.addHook('preHandler', (request, _reply, done) => {
    if (!concerns(request)) return done()
    return begin(request)
  })
  app.addHook('onSend', (request, reply, answer, done) => {
    const id = begun.get(request)
    if (id === undefined) return done()
    return end(id, request, reply, answer)
  })
}

const outcomeOf = (status: number): Exclude<AuditRow['outcome'], 'started'> => (status < 400 ? 'done' : status < 500 ? 'refused' : 'failed')

type Asked = { readonly reason?: unknown; readonly dryRun?: unknown } | null | undefined

function isChange({ method, body, routeOptions }: FastifyRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return !(routeOptions.config.dryRuns && (body as Asked)?.dryRun === true)
}

function askedOf({ body }: FastifyRequest): unknown {
  if (typeof body !== 'object' || body === null) return null
  const { reason: _, ...asked } = body as Record<string, unknown>
  return asked
}

function actionOf(request: FastifyRequest) {
  const { method, routeOptions, params, body, ip } = request
  return {
    operator: operatorOf(request),
    ip,
    action: `${method} ${routeOptions.url ?? ''}`,
    target: params,
    reason: (body as Asked)?.reason,
  }
}

// Digests have one length, so the comparison tells neither where nor whether the lengths differ.
const isSame = (given: string | undefined, token: string | undefined) =>
  given !== undefined && token !== undefined && timingSafeEqual(digest(given), digest(token))
const digest = (text: string) => createHash('sha256').update(text).digest()
