import { join } from 'node:path'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import { z } from 'zod'
import type { PspConfig } from './config.ts'
import { openJournal } from './journal.ts'
import { createLedger, type Entry } from './ledger.ts'
import { type Provider, serveMerchants } from './merchants.ts'
import { serveOperators } from './operators.ts'
import { asProblem, Problem } from './problem.ts'

/** The provider with its ledger replayed, ready to listen or to be injected into. */
export async function createPsp(config: PspConfig): Promise<FastifyInstance> {
  const journal = await openJournal<Entry>(join(config.data, 'ledger.jsonl'))
  const provider: Provider = {
    journal,
    ledger: createLedger(journal.replayed),
    state: { down: false, delayMs: 0, slowMs: config.slowMs, accept: config.accept, declinePercent: 0 },
  }
  const app = Fastify({
    logger: { level: config.logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
  })
  app.setErrorHandler(sayProblem)
  app.setNotFoundHandler((request) => {
    throw new Problem(404, 'not-found', `there is no ${request.method} ${request.url}`)
  })
  serveOperators(app, provider)
  // A scope of its own: only what merchants ask is refused while the provider is down.
  app.register((scope, _options, done) => {
    serveMerchants(scope, provider)
    done()
  })
  app.addHook('onClose', () => journal.close())
  return app
}

function sayProblem(error: FastifyError | Problem | z.ZodError, _request: unknown, reply: FastifyReply) {
  const { status, code, detail } = reading(error)
  if (status >= 500 && !(error instanceof Problem)) reply.log.error({ err: error }, 'request failed')
  return reply
    .code(status)
    .type('application/problem+json')
    .send(asProblem(status, code, detail))
}

function reading(error: FastifyError | Problem | z.ZodError) {
  if (error instanceof Problem) return { status: error.status, code: error.code, detail: error.message }
  if (error instanceof z.ZodError) return { status: 400, code: 'invalid', detail: z.prettifyError(error) }
  const { statusCode = 500 } = error
  return statusCode < 500
    ? { status: statusCode, code: 'invalid', detail: error.message }
    : { status: 500, code: 'failed', detail: 'the provider failed' }
}
