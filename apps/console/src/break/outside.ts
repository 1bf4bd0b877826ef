const PATIENCE_MS = 15_000

type Ask = typeof fetch

async function ask(url: string, init: RequestInit, fetch: Ask): Promise<void> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }).catch((cause: Error) => {
    throw new Error(`${url} does not answer`, { cause })
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
}

/** How the payment provider or the mail server misbehaves. */
export const turn = (url: string, state: object, fetch: Ask): Promise<void> =>
  ask(`${url}/switch`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(state) }, fetch)

export type Verb = 'kill' | 'freeze' | 'thaw' | 'stop' | 'start'

/** What the demo does to one of its parts, such as `parts/email`, or `relays/orders`. */
export const tellDemo = (url: string, token: string, part: string, verb: Verb, fetch: Ask): Promise<void> =>
  ask(`${url}/${part}/${verb}`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }, fetch)
