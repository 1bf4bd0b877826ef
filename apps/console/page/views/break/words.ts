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

/** What is asked before it begins: how much, and how long; not where there is nothing to choose. */
export interface Asked {
  readonly name: string
  readonly label: string
  readonly least: number
  readonly most: number
  readonly usual: number
}

export const askedOf = ({
  id,
  number,
  seconds,
  mostSeconds,
}: Fault): { readonly number: Asked | null; readonly seconds: Asked | null } => ({
  number: number && { name: id, ...number },
  seconds: mostSeconds > seconds ? { name: `${id}-seconds`, label: 'seconds', least: 1, most: mostSeconds, usual: seconds } : null,
})

/** The number as it was typed, or nothing where it is none that may be given. */
export function numberOf(typed: string, asked: Pick<Asked, 'least' | 'most'> | null): number | null {
  const value = Number(typed)
  return asked && typed.trim() !== '' && Number.isInteger(value) && value >= asked.least && value <= asked.most ? value : null
}

export interface Body {
  readonly target?: ServiceName
  readonly number?: number
  readonly seconds?: number
}

/** With how long only where that is not as usual. */
export const bodyOf = (target: ServiceName | null, number: number | null, seconds: number | null = null): Body => ({
  ...(target !== null && { target }),
  ...(number !== null && { number }),
  ...(seconds !== null && { seconds }),
})

/** What does the same without the page. */
export function curlOf(path: string, body: Body, origin: string): string {
  const data = Object.keys(body).length > 0 ? ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}` : ''
  return `curl -s -XPOST -H "authorization: Bearer $OPS_TOKEN"${data} ${origin}${path}`
}
