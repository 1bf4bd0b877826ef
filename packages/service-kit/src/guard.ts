import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './http.ts'
import { HttpProblem } from './problem.ts'

/** A hook that lets only operators pass; give it to a route as `onRequest`, so that nobody else's body is even read. */
export type Guard = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/**
 * Guards the operators' API with a bearer token. Whatever an operator changes is logged: who, what, why and with what result.
 * `x-operator` says who; the token is shared, so the name is what the operator claims.
 */
export function createGuard(app: App, token: string | undefined): Guard {
  const operators = new WeakSet<FastifyRequest>()
  app.addHook('onResponse', async (request, { statusCode }) => {
    if (!operators.has(request) || request.method === 'GET') return
    request.log.info({ ...actionOf(request), status: statusCode }, 'operator action')
  })
  return async (request) => {
    if (token === undefined) throw new HttpProblem(503, 'operators-off', "The operators' API is off", { detail: 'set OPS_TOKEN to use it' })
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined || !isSame(given, token)) {
      request.log.warn(actionOf(request), 'operator refused')
      throw new HttpProblem(401, 'not-an-operator', 'This is for operators', { headers: { 'www-authenticate': 'Bearer' } })
    }
    operators.add(request)
  }
}

function actionOf({ method, routeOptions, params, body, headers, ip }: FastifyRequest) {
  const reason = (body as { reason?: unknown } | undefined)?.reason
  const operator = headers['x-operator']?.slice(0, 64) ?? 'unnamed'
  return { operator, ip, action: `${method} ${routeOptions.url ?? ''}`, target: params, reason }
}

// Digests have one length, so the comparison tells neither where nor whether the lengths differ.
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))
const digest = (text: string) => createHash('sha256').update(text).digest()
