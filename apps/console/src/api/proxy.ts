import { type Service, services } from '@quadrille/ops'
import { HttpProblem, notFound } from '@quadrille/service-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Addresses } from '../pulse/ask.ts'
import { isOfHost } from './hosts.ts'

const PATIENCE_MS = 10_000

/** What customers may do at orders, and what operators may do anywhere; plain names only, so that no path leads elsewhere. */
const OPEN: readonly (readonly [method: string, path: RegExp])[] = [
  ['GET', /^\/products$/],
  ['POST', /^\/orders$/],
  ['GET', /^\/orders\/[\w-]+$/],
  ['POST', /^\/orders\/[\w-]+\/cancel$/],
]
const ADMIN = /^\/admin(\/[\w-]+)+$/

const THERE = ['authorization', 'x-operator', 'content-type', 'idempotency-key'] as const
const BACK = ['content-type', 'location', 'retry-after', 'idempotent-replayed'] as const

/** Passes on what the page asks of a service, and its answer as it is. The service checks the token, and keeps the audit. */
export function serveProxy(app: FastifyInstance, addresses: Addresses): void {
  void app.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.all<{ Params: { service: string } }>('/api/services/:service/*', { bodyLimit: 64 * 1024 }, async (request, reply) => {
      const service = services.find((name) => name === request.params.service)
      const target = request.raw.url!.slice(`/api/services/${request.params.service}`.length)
      if (!service || !isPassed(service, request.method, target))
        throw notFound(`nothing is passed on for ${request.method} ${request.url}`)
      refuseOtherSites(request)
      return await passOn(addresses, service, target, request, reply)
    })
    registered()
  })
}

function isPassed(service: Service, method: string, target: string): boolean {
  const path = target.split('?', 1)[0]!
  if (ADMIN.test(path)) return true
  return service === 'orders' && OPEN.some(([of, pattern]) => of === method && pattern.test(path))
}

/** A change that needs no token, such as placing an order, is not for another site's page to make. */
function refuseOtherSites({ method, headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none'
  // Our page sends no referrer, for which a browser may name the origin "null": then its other word counts.
  const isOwnOrigin = (headers.origin === 'null' && site === 'same-origin') || isOfHost(headers.origin, headers.host)
  if (method === 'GET' || (isOwnSite && isOwnOrigin)) return
  throw new HttpProblem(403, 'other-site', 'Only the console’s own page may do this')
}

async function passOn(addresses: Addresses, service: Service, target: string, request: FastifyRequest, reply: FastifyReply) {
  const headers = picked(THERE, (name) => request.headers[name]?.toString())
  const body = request.body === undefined || request.body === null ? undefined : (request.body as Buffer<ArrayBuffer>)
  const init = { method: request.method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) } as const
  try {
    const answer = await fetch(addresses[service] + target, init)
    const content = Buffer.from(await answer.arrayBuffer())
    return reply
      .code(answer.status)
      .headers(picked(BACK, (name) => answer.headers.get(name) ?? undefined))
      .send(content)
  } catch (cause) {
    throw away(service, addresses[service], request, cause as Error)
  }
}

const picked = (names: readonly string[], read: (name: string) => string | undefined) =>
  Object.fromEntries(names.flatMap((name) => (read(name) === undefined ? [] : [[name, read(name)!]])))

function away(service: Service, url: string, { method }: FastifyRequest, cause: Error): HttpProblem {
  const how = cause.name === 'TimeoutError' ? `does not answer within ${PATIENCE_MS / 1000} s` : 'does not answer'
  const doubt = method === 'GET' ? '' : `; whether it was done, tells its audit once it is back`
  return new HttpProblem(503, 'service-down', `${service} is down`, {
    detail: `${service} at ${url} ${how}${doubt}`,
    cause,
    more: { service },
  })
}
