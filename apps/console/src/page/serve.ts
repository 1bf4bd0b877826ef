import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createFiles, etagOf, type Served, VENDOR } from './files.ts'

const pageDir = join(import.meta.dirname, '../../page')

// Nothing from elsewhere, no inline script, and in nobody's frame; charts size themselves by style attributes.
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const SAFETY = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

/** The page's own files by name, as `page/shell/store.ts`: no dots, so nothing outside of the folder can be named. */
const NAME = /^[\w-]+(\/[\w-]+)*\.(ts|css|svg)$/

/** The page: `/`, its modules as they are imported (`/page/main.ts`, without the types), and what it takes from packages. */
export function servePage(app: FastifyInstance, dir = pageDir): void {
  const read = createFiles()
  const index = async () => indexOf(dir, (await read(join(dir, 'index.html')))!)
  app.get('/', async (request, reply) => send(request, reply, await index()))
  app.get<{ Params: { '*': string } }>('/page/*', async (request, reply) => {
    const name = request.params['*']
    const served = NAME.test(name) ? await read(join(dir, name)) : undefined
    return served ? send(request, reply, served) : reply.callNotFound()
  })
  for (const [address, path] of VENDOR) app.get(address, async (request, reply) => send(request, reply, (await read(path))!))
}

/** Every module is named at once, or each would be asked for only when the one that imports it is read. */
function indexOf(dir: string, { body, type }: Served): Served {
  const modules = [
    ...globSync('**/*.ts', { cwd: dir, exclude: (name) => name.endsWith('.d.ts') })
      .sort()
      .map((name) => `/page/${name}`),
    '/vendor/htm-preact.js',
  ]
  const links = modules.map((href) => `<link rel="modulepreload" href="${href}">`).join('\n')
  const whole = body.replace('</head>', `${links}\n</head>`)
  return { body: whole, type, etag: etagOf(whole) }
}

/** Asked for again each time, and sent again only when it has changed. */
function send({ headers }: FastifyRequest, reply: FastifyReply, { body, type, etag }: Served) {
  reply.headers({ ...SAFETY, etag, 'cache-control': 'no-cache' })
  return headers['if-none-match'] === etag ? reply.code(304).send() : reply.type(type).send(body)
}
