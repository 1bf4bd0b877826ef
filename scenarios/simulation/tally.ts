import type { Verdict } from './check.ts'

/** What many histories came to. */
export interface Tally {
  histories: number
  steps: number
  /** Histories by how many orders were placed in them. */
  readonly orders: Record<string, number>
  /** Orders by how they ended. */
  readonly ends: Record<string, number>
  /** How often each fault bit. */
  readonly bites: Record<string, number>
  readonly failed: Pick<Verdict, 'seed' | 'wrong'>[]
}

export const emptyTally = (): Tally => ({ histories: 0, steps: 0, orders: {}, ends: {}, bites: {}, failed: [] })

export const tallyOf = ({ seed, wrong, steps, orders, bites, ends }: Verdict): Tally => ({
  histories: 1,
  steps,
  orders: { [orders]: 1 },
  ends,
  bites,
  failed: wrong.length > 0 ? [{ seed, wrong }] : [],
})

export function add(sum: Tally, more: Tally) {
  sum.histories += more.histories
  sum.steps += more.steps
  sum.failed.push(...more.failed)
  for (const counts of ['orders', 'ends', 'bites'] as const) addEach(sum[counts], more[counts])
}

function addEach(sum: Record<string, number>, more: Readonly<Record<string, number>>) {
  for (const [what, times] of Object.entries(more)) sum[what] = (sum[what] ?? 0) + times
}
