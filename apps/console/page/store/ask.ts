import type { ProblemJson } from '../../src/api-types.ts'
import { Problem } from './problem.ts'
import { session } from './session.ts'

export interface Wish {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Asks the console; the operator's token and name go along where they are known. */
export async function ask<Answer>(path: string, { method = 'GET', body, headers, signal }: Wish = {}): Promise<Answer> {
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const init = { method, headers: { ...json, ...asOperator(), ...headers }, body: body === undefined ? null : JSON.stringify(body) }
  const noAnswer = (error: unknown) => {
    if (signal?.aborted) throw error
    throw new Problem(0, { title: 'The console does not answer' })
  }
  const answer = await fetch(path, signal ? { ...init, signal } : init).catch(noAnswer)
  const text = await answer.text().catch(noAnswer)
  if (!answer.ok) throw new Problem(answer.status, asProblem(text))
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

/** The same, of one service, by way of the console. */
export const askService = <Answer>(service: string, path: string, wish?: Wish): Promise<Answer> =>
  ask<Answer>(`/api/services/${service}${path}`, wish)

function asOperator(): Record<string, string> {
  const { token, operator } = session.get()
  return token === null ? {} : { authorization: `Bearer ${token}`, 'x-operator': encodeURIComponent(operator) }
}

function asProblem(text: string): Partial<ProblemJson> {
  try {
    return JSON.parse(text) as ProblemJson
  } catch {
    return {}
  }
}
