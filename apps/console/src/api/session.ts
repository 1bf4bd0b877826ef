import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Session } from '../api-types.ts'
import { isOfHost } from './hosts.ts'

export interface SessionOptions {
  readonly token: string | undefined
  /** True for a demo on this machine alone. */
  readonly handsOverToken: boolean
  readonly links: Session['links']
  readonly breakIt: boolean
}

/** What the page begins with. It keeps the token for its tab, and sends it by itself: there is no cookie that another site could ride on. */
export function serveSession(app: FastifyInstance, { token = undefined, handsOverToken, links, breakIt }: SessionOptions): void {
  app.get('/api/session', async (request, reply): Promise<Session> => {
    reply.header('cache-control', 'no-store')
    return { token: handsOverToken && isFromHere(request) ? (token ?? null) : null, breakIt, links }
  })
}

const LOOPBACK = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/
/** What a proxy adds, if it was told to: without any of them it looks like a browser on this machine. */
const PROXIED = /^(x-forwarded-.*|x-real-ip|x-client-ip|x-original-.*|x-envoy-.*|cf-.*|true-client-ip|forwarded|via)$/
const OWN_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/**
 * A browser on this machine, on our own page: not a neighbour, not a name of somebody else that was made to point here (DNS rebinding),
 * not another site's script, and nothing that says it came through a proxy. The page says where it is itself: behind a proxy that adds
 * nothing and puts a name of this machine, a browser still names the proxy.
 */
export function isFromHere({
  socket,
  headers,
}: Pick<FastifyRequest, 'headers'> & { readonly socket: { readonly remoteAddress?: string } }): boolean {
  const site = headers['sec-fetch-site']
  return (
    LOOPBACK.test(socket.remoteAddress ?? '') &&
    OWN_NAME.test(headers.host ?? '') &&
    (site === 'same-origin' || site === 'none') &&
    (headers.origin ?? headers.referer) !== undefined &&
    isOfHost(headers.origin, headers.host) &&
    isOfHost(headers.referer, headers.host) &&
    !Object.keys(headers).some((name) => PROXIED.test(name))
  )
}
