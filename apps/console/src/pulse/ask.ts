import type { Service } from '@quadrille/ops'

export type Addresses = Readonly<Record<Service, string>>

export interface AskOptions {
  readonly addresses: Addresses
  readonly token: string | undefined
  readonly fetch?: typeof fetch
}

/** What a service answered: JSON, text, or nothing at all. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

// A look comes every 2 s; who takes longer is as good as away.
const PATIENCE_MS = 1_800

export type Ask = ReturnType<typeof createAsk>

/** Asks a service as the console itself, for counts and states. */
export function createAsk({ addresses, token, fetch: ask = fetch }: AskOptions) {
  async function get(service: Service, path: string): Promise<Answer | undefined> {
    const headers = { 'x-operator': 'console', ...(token && { authorization: `Bearer ${token}` }) }
    try {
      const response = await ask(addresses[service] + path, { headers, signal: AbortSignal.timeout(PATIENCE_MS) })
      const text = await response.text()
      return { status: response.status, body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text }
    } catch {
      return undefined
    }
  }
  return {
    get,
    /** Undefined where it does not answer, or not to us. */
    async admin<Body>(service: Service, path: string): Promise<Body | undefined> {
      const answer = token === undefined ? undefined : await get(service, `/admin${path}`)
      return answer?.status === 200 ? (answer.body as Body) : undefined
    },
  }
}
