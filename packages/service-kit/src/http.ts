import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Meter, Tracer } from '@opentelemetry/api'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { traceRequests } from './http-telemetry.ts'
import type { Logger } from './logging.ts'
import { serveOpenApi } from './openapi.ts'
import { HttpProblem, notFound, problemBody, toProblem } from './problem.ts'

/** A Fastify app whose routes are typed and checked by their zod schemas. */
export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

export interface AppOptions {
  readonly service: string
  readonly log: Logger
  readonly meter: Meter
  readonly tracer: Tracer
  readonly version?: string
}

// A cart of 50 lines is 5 kB.
const LARGEST_BODY = 64 * 1024

/** A service's HTTP side without its routes: problems for errors, traces, OpenAPI. It does not listen yet; tests use `app.inject`. */
export async function createApp({ service, log, meter, tracer, version = '0.1.0' }: AppOptions): Promise<App> {
  const app: App = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }), // the duration histogram counts them
    childLoggerFactory: (logger) => logger, // one of its own cost a request 4 of 95 µs, and its trace names it better
    bodyLimit: LARGEST_BODY,
    requestTimeout: 10_000, // for receiving a request: a client that trickles its body holds nothing
    forceCloseConnections: 'idle',
    return503OnClosing: false, // ours answers with a problem, below
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply as unknown as FastifyReply),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler((request) => {
    throw notFound(`no route for ${request.method} ${pathOf(request)}`)
  })
  traceRequests(app, { meter, tracer })
  refuseWhileClosing(app)
  await serveOpenApi(app, { service, version })
  return app
}

/** Any error becomes `application/problem+json`. Only what the service itself is to blame for is logged, and never told. */
function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error)
  if (problem.status >= 500 && !(error instanceof HttpProblem))
    request.log.error({ err: problem.cause, method: request.method, route: request.routeOptions?.url }, 'request failed')
  const body = JSON.stringify(problemBody(problem, pathOf(request)))
  return reply.code(problem.status).headers(problem.headers).type('application/problem+json').serializer(String).send(body)
}

const pathOf = ({ url }: FastifyRequest) => url.split('?', 1)[0] ?? url

const ALWAYS_ANSWERED = new Set(['/livez', '/readyz', '/metrics'])

// A port that closes resets what the kernel has accepted for it: about two of four clients that keep asking met one, and none after half
// a second of refusals.
const DRAIN_MS = 500

/** From the first moment of closing all clients are sent elsewhere, and have time to go before the port closes; only who watches the process is still answered. */
function refuseWhileClosing(app: App) {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    if (app.server.listening) await wait(DRAIN_MS)
  })
  app.addHook('onRequest', ({ routeOptions }, _reply, done) => {
    if (!closing || ALWAYS_ANSWERED.has(routeOptions.url ?? '')) return done()
    done(new HttpProblem(503, 'closing', 'This instance is stopping', { headers: { 'retry-after': '1' } }))
  })
  // Closing waits for open connections, and a client that keeps one alive would keep it waiting.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close')
    done()
  })
}
