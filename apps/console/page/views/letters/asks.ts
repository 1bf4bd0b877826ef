import type { DryRun, LetterOrigin, ServiceName, Task } from '../../../src/api-types.ts'
import { ask, askService } from '../../store/ask.ts'
import { isUnsure, Problem } from '../../store/problem.ts'
import type { Change } from '../change/twins.ts'
import { type Ended, type Kind, type Letter, onePerOrder, type Target, together, type Would } from './selection.ts'

export interface Wishes {
  readonly reason: string
  readonly rate: number
  readonly force: boolean
}

/** A look takes no part in the audit; only a discard asks for a reason even then. */
const why = (kind: Kind, reason: string) => (reason !== '' ? { reason } : kind === 'discard' ? { reason: 'dry run' } : {})

export function changeOfLetter(kind: Kind, { service, id }: Letter, { reason, force }: Wishes): Change {
  return {
    service,
    path: `admin/dead-letters/${id}/${kind}`,
    body: { ...why(kind, reason), ...(kind === 'discard' && force && { force }) },
  }
}

export const changeOfCode = (kind: Kind, service: ServiceName, code: string, { reason, rate }: Wishes): Change => ({
  service,
  path: 'admin/tasks',
  body: { kind, select: { code }, ratePerSecond: rate, ...why(kind, reason) },
})

const post = <Answer>({ service, path, body }: Change, more: object = {}, signal?: AbortSignal) =>
  askService<Answer>(service, `/${path}`, { method: 'POST', body: { ...body, ...more }, ...(signal && { signal }) })

export const lettersOf = (kind: Kind, letters: readonly Letter[]) => (kind === 'redrive' ? onePerOrder(letters) : letters)

/** What it would touch; nothing is changed. */
export async function look(kind: Kind, target: Target, wishes: Wishes, signal: AbortSignal): Promise<Would> {
  const changes =
    target.by === 'code'
      ? [changeOfCode(kind, target.service, target.code, wishes)]
      : lettersOf(kind, target.letters).map((letter) => changeOfLetter(kind, letter, wishes))
  const looks = changes.map(async (change) => ({ service: change.service, ...(await post<DryRun>(change, { dryRun: true }, signal)) }))
  const would = together(await Promise.all(looks))
  // The same order may be parked at several services.
  return target.by === 'code' ? would : { ...would, orders: new Set(target.letters.flatMap(({ orderId }) => orderId ?? [])).size }
}

export const begin = (kind: Kind, service: ServiceName, code: string, wishes: Wishes) =>
  post<Task>(changeOfCode(kind, service, code, wishes))

/** One that is refused is no reason to leave out the others. */
export async function endLetter(kind: Kind, letter: Letter, wishes: Wishes): Promise<Ended> {
  try {
    return { letter, ...(await post<{ open: number; trying: number }>(changeOfLetter(kind, letter, wishes))) }
  } catch (error) {
    if (error instanceof Problem) return { letter, problem: error.message, unsure: isUnsure(error) }
    throw error
  }
}

// Of more, nobody waits for the answers.
const MOST_ORIGINS = 10

/** Whether no outbox has any of the records that are to be discarded, and each has its genuine event. */
export async function areForeign(kind: Kind, target: Target, signal: AbortSignal): Promise<boolean> {
  if (kind === 'redrive' || target.by === 'code' || target.letters.length > MOST_ORIGINS) return false
  if (target.letters.some(({ origin, orderId }) => origin !== 'event' || orderId === null)) return false
  const asked = target.letters.map(({ service, id }) => ask<LetterOrigin>(`/api/letters/${service}/${id}/origin`, { signal }))
  return (await Promise.all(asked)).every(({ origin }) => origin?.emitted === 'never' && origin.genuine !== null)
}
