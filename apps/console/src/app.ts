import { HttpProblem, notFound, problemBody, toProblem } from '@quadrille/service-kit'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { answerKnownHosts } from './api/hosts.ts'
import type { Parts } from './api/serve.ts'
import { serveApi } from './api/serve.ts'
import { lagJson } from './lag-json.ts'
import { metricsText } from './metrics.ts'
import { servePage } from './page/serve.ts'
import type { LagReader } from './reader.ts'

/** The console: lag for Prometheus and for programs, which answers also while Kafka does not, and with its other parts the page. */
export function createConsole(
  reader: Pick<LagReader, 'view'>,
  log?: FastifyBaseLogger,
  parts?: Parts,
  hosts: readonly string[] = [],
): FastifyInstance {
  const app = Fastify({
    ...(log && { loggerInstance: log }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
  })
  app.setErrorHandler(sendProblem)
  answerKnownHosts(app, hosts)
  app.setNotFoundHandler((request) => {
    throw notFound(`no route for ${request.method} ${pathOf(request)}`)
  })
  app.get('/livez', () => ({ status: 'ok' }))
  app.get<{ Querystring: { verbose?: string } }>('/readyz', ({ query }) => ({
    ...{ status: 'ok', lag: reader.view().stale ? 'stale' : 'fresh' },
    ...(query.verbose !== undefined && parts && { readModel: parts.model.state() }),
  }))
  app.get('/api/lag', () => lagJson(reader.view()))
  app.get('/metrics', (_request, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(reader.view())))
  if (parts) serveApi(app, reader, parts)
  servePage(app)
  return app
}

/** Only what the console itself is to blame for is logged, and never told. */
function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error)
  if (problem.status >= 500 && !(error instanceof HttpProblem))
    request.log.error({ err: problem.cause, route: request.routeOptions.url }, 'request failed')
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, pathOf(request))))
}

const pathOf = ({ url }: FastifyRequest) => url.split('?', 1)[0] ?? url
