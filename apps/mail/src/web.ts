import { readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { join } from 'node:path'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, LogController } from 'fastify'
import { z } from 'zod'
import type { MailConfig } from './config.ts'
import type { Mail, Mailbox, Wanted } from './mailbox.ts'
import { type Switch, SwitchBody } from './switch.ts'

const page = readFileSync(join(import.meta.dirname, 'page.html'), 'utf8')
// A shown mail inherits this: nothing in it may load from elsewhere or run.
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-src 'self'"
const newest = 500

/** The page, its live stream, the API and the switch. */
export function createWeb(mailbox: Mailbox, state: Switch, { logLevel }: MailConfig): FastifyInstance {
  const app = Fastify({
    logger: { level: logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  })
  app.setErrorHandler(sayFailure)
  app.setNotFoundHandler((_request, reply) => sayProblem(reply, 404, 'there is nothing here'))
  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/readyz', () => ({ status: 'ok' }))
  app.get('/', (_request, reply) => reply.type('text/html').header('content-security-policy', policy).send(page))
  app.get<{ Querystring: Wanted }>('/api/mails', ({ query }) => mailbox.find(query))
  app.get<{ Params: { id: string } }>('/api/mails/:id', ({ params }, reply) => mailbox.get(Number(params.id)) ?? reply.callNotFound())
  app.delete('/api/mails', async (_request, reply) => {
    await mailbox.empty()
    return reply.code(204).send()
  })
  app.get('/api/stream', (_request, reply) => stream(mailbox, reply))
  app.get('/switch', () => state)
  app.put('/switch', ({ body }) => {
    Object.assign(state, SwitchBody.parse(body))
    app.log.info(state, 'switch changed')
    return state
  })
  return app
}

/** Server-sent events: the newest mails first of all, then each as it comes. */
function stream({ changes, find }: Mailbox, reply: FastifyReply): void {
  reply.hijack()
  const { raw } = reply
  const say = (event: string, data: unknown) => raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  const received = (mail: Mail) => say('received', summary(mail))
  const emptied = () => say('emptied', null)
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  say('mails', find().slice(-newest).map(summary))
  changes.on('received', received).on('emptied', emptied)
  raw.on('close', () => changes.off('received', received).off('emptied', emptied))
}

const summary = ({ id, receivedAt, to, subject, orderId }: Mail) => ({ id, receivedAt, to, subject, orderId })

function sayFailure(error: FastifyError | z.ZodError, _request: unknown, reply: FastifyReply) {
  if (error instanceof z.ZodError) return sayProblem(reply, 400, z.prettifyError(error))
  const { statusCode = 500 } = error
  if (statusCode < 500) return sayProblem(reply, statusCode, error.message)
  reply.log.error({ err: error }, 'request failed')
  return sayProblem(reply, statusCode, 'the mail sink failed')
}

const sayProblem = (reply: FastifyReply, status: number, detail: string) =>
  reply.code(status).type('application/problem+json').send({ type: 'about:blank', title: STATUS_CODES[status], status, detail })
