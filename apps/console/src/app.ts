import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { lagJson } from './lag-json.ts'
import { metricsText } from './metrics.ts'
import { servePage } from './page/serve.ts'
import type { LagReader } from './reader.ts'

/** The console without a page yet: lag for Prometheus and for programs. It answers also while Kafka does not. */
export function createConsole(reader: Pick<LagReader, 'view'>, log?: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({
    ...(log && { loggerInstance: log }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  })
  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/readyz', () => ({ status: 'ok', lag: reader.view().stale ? 'stale' : 'fresh' }))
  app.get('/api/lag', () => lagJson(reader.view()))
  app.get('/metrics', (_request, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(reader.view())))
  servePage(app)
  return app
}
