import type { BreakState, Broken, Fault, ServiceName } from '../../../src/api-types.ts'
import { quoted } from '../change/twins.ts'

/** Faults that stand together, in the order in which they came. */
export const groupsOf = (faults: readonly Fault[]): readonly { readonly of: string; readonly faults: readonly Fault[] }[] =>
  [...Map.groupBy(faults, ({ of }) => of)].map(([of, faults]) => ({ of, faults }))

/** How long it lasts, before anybody begins it. */
export function lastsWords({ seconds }: Pick<Fault, 'seconds'>): string {
  if (seconds === 0) return 'at once; nothing to undo'
  return `undone by itself after ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}`
}

/** What stands now, as one line; the time that is left is counted down. */
export function standingWords({ target, number, secondsLeft, failure }: Broken, { number: asked }: Pick<Fault, 'number'>): string {
  const what = [target, number !== null && asked ? `${number} ${asked.label}` : null].filter(Boolean).join(', ')
  const left = failure
    ? `not undone yet: ${failure}; tried again`
    : secondsLeft === 0
      ? 'being undone'
      : `undone by itself in ${secondsLeft} s`
  return what ? `${what}: ${left}` : `Broken: ${left}`
}

export const standingOf = ({ standing }: Pick<BreakState, 'standing'>, { id }: Pick<Fault, 'id'>): readonly Broken[] =>
  standing.filter(({ fault }) => fault === id)

/** Whom it can still be done to; where there is only one, that is null. */
export function openTargets(state: Pick<BreakState, 'standing'>, fault: Pick<Fault, 'id' | 'targets'>): readonly (ServiceName | null)[] {
  const taken = new Set(standingOf(state, fault).map(({ target }) => target))
  const all: readonly (ServiceName | null)[] = fault.targets.length > 0 ? fault.targets : [null]
  return all.filter((target) => !taken.has(target))
}

/** The number as it was typed, or nothing where it is none that the fault takes. */
export function numberOf(typed: string, { number }: Pick<Fault, 'number'>): number | null {
  const value = Number(typed)
  return number && typed.trim() !== '' && Number.isInteger(value) && value >= number.least && value <= number.most ? value : null
}

export interface Body {
  readonly target?: ServiceName
  readonly number?: number
}

export const bodyOf = (target: ServiceName | null, number: number | null): Body => ({
  ...(target !== null && { target }),
  ...(number !== null && { number }),
})

/** What does the same without the page. */
export function curlOf(path: string, body: Body, origin: string): string {
  const data = Object.keys(body).length > 0 ? ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}` : ''
  return `curl -s -XPOST -H "authorization: Bearer $OPS_TOKEN"${data} ${origin}${path}`
}
