import { isIP } from 'node:net'
import { HttpProblem } from '@quadrille/service-kit'
import type { FastifyInstance } from 'fastify'

/** Asked by machines, under whatever name they know; nothing in them is anybody's secret. */
const MEASURED = new Set(['/metrics', '/livez', '/readyz'])
/** `console` is its name within compose. */
const OWN = ['localhost', 'console']

/**
 * Whoever's name resolves to this machine could have a browser that visits it take us for that site (DNS rebinding), and over plain HTTP no
 * header tells: so only names that are known are answered. An address itself cannot be made to point elsewhere.
 */
export function answerKnownHosts(app: FastifyInstance, names: readonly string[]): void {
  const known = new Set([...OWN, ...names.map((name) => name.toLowerCase())])
  app.addHook('onRequest', async ({ url, headers }) => {
    const name = nameOf(headers.host ?? '')
    if (known.has(name) || isIP(name) || MEASURED.has(url.split('?', 1)[0]!)) return
    throw new HttpProblem(421, 'other-host', 'The console is not known under this name', {
      detail: `set CONSOLE_HOSTS=${/^[\w.-]{1,253}$/.test(name) ? name : 'name'} if it is to be reached so`,
    })
  })
}

/** Without port and brackets. */
const nameOf = (host: string) => /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d+)?$/i.exec(host)?.slice(1).find(Boolean)?.toLowerCase() ?? ''

/** Whether a page's address, in `origin` or `referer`, is the one that was asked; where there is none, nothing speaks against it. */
export const isOfHost = (address: string | undefined, host: string | undefined) =>
  address === undefined || (URL.canParse(address) && new URL(address).host === host?.toLowerCase())
