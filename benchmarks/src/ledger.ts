import type { LedgerLine } from './benchmark.ts'

/** Something was lost, came in another order, or was parked: no speed counts. */
export class LedgerError extends Error {
  constructor(where: string, broken: readonly LedgerLine[]) {
    super(`${where}: ${broken.map(({ what, expected, found }) => `${what}: ${expected} expected, ${found} found`).join('; ')}`)
  }
}

/** Throws where anything disagrees; gives how many lines agreed. */
export function assertLedger(where: string, lines: readonly LedgerLine[]): number {
  const broken = lines.filter(({ expected, found }) => expected !== found)
  if (broken.length > 0) throw new LedgerError(where, broken)
  return lines.length
}

/** A record as it lies in its topic. */
export interface Delivered {
  readonly id: string
  readonly key: string
  readonly sequence: number
}

export interface Deliveries {
  readonly first: number
  readonly copies: number
  /** First deliveries that came after a later one of their key. */
  readonly disordered: number
}

/** What of the records in a topic came for the first time, and whether each key's came in order. */
export function countDeliveries(records: Iterable<Delivered>): Deliveries {
  const seen = new Set<string>()
  const latest = new Map<string, number>()
  let [copies, disordered] = [0, 0]
  for (const { id, key, sequence } of records) {
    if (seen.has(id)) copies += 1
    else {
      seen.add(id)
      if (sequence < (latest.get(key) ?? 0)) disordered += 1
      latest.set(key, Math.max(sequence, latest.get(key) ?? 0))
    }
  }
  return { first: seen.size, copies, disordered }
}
