import { setTimeout as pause } from 'node:timers/promises'

/** A final answer. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** The trace that the answer belongs to. */
  readonly traceparent?: string
}

export interface Question {
  readonly url: string
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
  /** How long to go on asking. */
  readonly patienceMs: number
  /** Statuses that mean "later", besides 429 and those of failing servers. */
  readonly later?: readonly number[]
}

const LONGEST_REST_MS = 2_000
const LONGEST_ANSWER_MS = 10_000

/** POSTs until the shop decides: while it is away, busy or failing it asks again. Undefined when patience ended first. */
export async function ask(question: Question): Promise<Answer | undefined> {
  const { patienceMs, later = [] } = question
  const end = performance.now() + patienceMs
  for (let restMs = 100; ; restMs = Math.min(2 * restMs, LONGEST_REST_MS)) {
    const left = end - performance.now()
    if (left <= 0) return undefined
    const answer = await attempt(question, left).catch(() => undefined) // refused, reset, or too late: as good as no answer
    if (answer && answer.status < 500 && ![429, ...later].includes(answer.status)) return answer
    await pause(Math.min(answer?.retryAfterMs ?? restMs, LONGEST_REST_MS, left))
  }
}

async function attempt({ url, body, headers }: Question, left: number): Promise<Answer & { retryAfterMs?: number }> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(Math.ceil(Math.min(left, LONGEST_ANSWER_MS))),
  })
  const text = await response.text()
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return {
    status: response.status,
    body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : { detail: text.slice(0, 200) },
    traceparent: response.headers.get('traceparent') ?? undefined,
    ...(retryAfter >= 0 && { retryAfterMs: 1_000 * retryAfter }),
  }
}
