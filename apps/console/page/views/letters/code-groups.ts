import type { CodeSummary, ServiceName } from '../../../src/api-types.ts'

/** Open letters of one code at one service. */
export type CodeGroup = CodeSummary & { readonly service: ServiceName }

/** Nothing is wrong with a letter that waits: an earlier event of its order is parked. */
export const WAITING = 'WAITING'

export const groupName = ({ service, code }: Pick<CodeGroup, 'service' | 'code'>) => `${service}/${code}`

/** Causes first, the most frequent on top; what only waits behind them comes last. */
export function groupsOf(answers: readonly { readonly service: ServiceName; readonly body: readonly CodeSummary[] }[]): CodeGroup[] {
  const all = answers.flatMap(({ service, body }) => body.map((summary) => ({ service, ...summary })))
  const rank = ({ code }: CodeGroup) => (code === WAITING ? 1 : 0)
  return all.sort((a, b) => rank(a) - rank(b) || b.open - a.open || groupName(a).localeCompare(groupName(b)))
}

/** What the page is about at a glance. Orders are parked per service, so one may be counted at several. */
export function totalsOf(groups: readonly CodeGroup[]): { readonly faults: number; readonly waiting: number; readonly services: number } {
  const sum = (of: readonly CodeGroup[]) => of.reduce((total, { open }) => total + open, 0)
  const waiting = groups.filter(({ code }) => code === WAITING)
  const faults = groups.filter(({ code }) => code !== WAITING)
  return { faults: sum(faults), waiting: sum(waiting), services: new Set(faults.map(({ service }) => service)).size }
}
