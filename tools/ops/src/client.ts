import { type Address, type Addresses, type Service, services } from './addresses.ts'
import { EXIT, OpsError, Refused } from './exit.ts'
import { reviveSeen } from './strangers.ts'

/** Asks the operators' API of one service after another, or of all at once. */
export interface Client {
  get<Body>(of: Service, path: string): Promise<Body>
  post<Body>(of: Service, path: string, body?: object): Promise<Body>
  /** Asks several; who does not answer is told apart, since the others' answers are worth seeing. */
  everywhere<Body>(path: string, of?: readonly Service[]): Promise<Everywhere<Body>>
  /** A `GET` that needs no operator. */
  open<Body>(address: Address, path: string, takes?: readonly number[]): Promise<Body>
}

export interface Everywhere<Body> {
  readonly found: readonly { readonly service: Service; readonly body: Body }[]
  readonly missing: readonly string[]
}

export interface ClientOptions {
  readonly addresses: Addresses
  readonly token: () => string
  /** Who asks, for the audit. */
  readonly operator: string
  readonly signal: AbortSignal
  /** Programs get every text as it is; people get it as a terminal may have it. */
  readonly forPrograms: boolean
  readonly fetch: typeof fetch
}

const PATIENCE_MS = 10_000

/** It does not answer, or cannot: its database is away, or its operators' API is off. */
export class Unreachable extends OpsError {}

export function createClient({ addresses, token, operator, signal, forPrograms, fetch }: ClientOptions): Client {
  async function ask(address: Address, path: string, init: RequestInit): Promise<Answered> {
    const limits = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    const asked = fetch(address.url + path, { ...init, signal: limits })
    return asked.then(read).catch((cause: Error) => {
      signal.throwIfAborted()
      throw new Unreachable(EXIT.unreachable, unreachable(address, cause), { cause })
    })
  }

  async function operate<Body>(of: Service, path: string, method: 'GET' | 'POST', body?: object): Promise<Body> {
    const who = { authorization: `Bearer ${token()}`, 'x-operator': encodeURIComponent(operator) }
    const headers = { ...who, ...(body && { 'content-type': 'application/json' }) }
    const asked = ask(addresses.services[of], path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const response = await asked.catch((error: unknown) => {
      throw signal.aborted && isChange(method, body) ? leftAlone(of) : error
    })
    return told<Body>(addresses.services[of], response, { forPrograms })
  }

  const get = <Body>(of: Service, path: string) => operate<Body>(of, path, 'GET')
  return {
    get,
    post: (of, path, body) => operate(of, path, 'POST', body),
    async everywhere<Body>(path: string, of: readonly Service[] = services) {
      const asked = await Promise.all(of.map((service) => orMissing(service, get<Body>(service, path))))
      return { found: asked.filter((one) => 'body' in one), missing: asked.flatMap((one) => ('problem' in one ? one.problem : [])) }
    },
    async open<Body>(address: Address, path: string, takes: readonly number[] = []) {
      return told<Body>(address, await ask(address, path, {}), { forPrograms, takes })
    },
  }
}

const isChange = (method: string, body: { readonly dryRun?: boolean } = {}) => method === 'POST' && body.dryRun !== true

/** What was asked for may have arrived. */
const leftAlone = (of: Service) =>
  new OpsError(EXIT.interrupted, `interrupted before ${of} answered: whether it was done, tells ops audit --service ${of}`)

const orMissing = <Body>(service: Service, asked: Promise<Body>) =>
  asked.then(
    (body) => ({ service, body }),
    (error: unknown) => {
      if (error instanceof Unreachable) return { service, problem: error.message }
      throw error
    },
  )

interface Problem {
  readonly title?: string
  readonly detail?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** One that fails inside is no reason not to see the others' answers. */
function refusedBy({ name }: Address, status: number, problem: Problem): OpsError {
  const message = `${name}: ${refused(status, problem)}`
  return status < 500 ? new Refused(status, message) : new Unreachable(EXIT.unreachable, message)
}

interface Answered {
  readonly status: number
  readonly text: string
}

const read = async (response: Response): Promise<Answered> => ({ status: response.status, text: await response.text() })

interface Wanted {
  readonly forPrograms: boolean
  readonly takes?: readonly number[]
}

/** What it answered, or why it refused; that is for people. */
function told<Body>(address: Address, { status, text }: Answered, { forPrograms, takes = [] }: Wanted): Body {
  const isAnswer = status < 300 || takes.includes(status)
  const body = jsonOf(address, { status, text }, isAnswer && forPrograms ? undefined : reviveSeen)
  if (isAnswer) return body as Body
  throw refusedBy(address, status, body as Problem)
}

/** Whoever answers anything else, a proxy's page for example, is none of ours. */
function jsonOf(address: Address, { status, text }: Answered, revive?: typeof reviveSeen): unknown {
  try {
    return JSON.parse(text || '{}', revive)
  } catch (cause) {
    throw new Unreachable(EXIT.unreachable, foreign(address, status), { cause })
  }
}

const foreign = ({ name, url, variable }: Address, status: number) =>
  `who answers at ${url} (${status}, but no JSON) is not ${name}, or a proxy before it: set ${variable} to its own address`

function refused(status: number, { title = `answered ${status}`, detail, errors = [] }: Problem): string {
  if (errors.length > 0) return `${title}: ${errors.map(({ path, message }) => `${path || 'request'} ${message}`).join('; ')}`
  return detail ? `${title}: ${detail}` : title
}

function unreachable({ name, url, variable }: Address, cause: Error): string {
  if (cause.name === 'TimeoutError')
    return `${name} at ${url} does not answer within ${PATIENCE_MS / 1000} s: see docs/runbooks/service-down.md`
  return `nothing listens at ${url} (${name}): start it, or set ${variable}; in compose ask from inside: docker compose run --rm ops …`
}
