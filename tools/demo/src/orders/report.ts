import type { PlacedOrder } from '@quadrille/load'
import type { Outcome } from './outcome.ts'

export interface Findings {
  readonly placed: readonly PlacedOrder[]
  /** Why. */
  readonly notPlaced: readonly string[]
  readonly outcomes: readonly Outcome[]
  readonly dispatchTimes: readonly number[]
  readonly duplicates: number
  readonly violations: readonly string[]
}

const STATES = ['dispatched', 'cancelled', 'payment_failed', 'out_of_stock', 'paid', 'placed']
const MOST_SHOWN = 20

/** The small table at the end. */
export function report({ placed, notPlaced, outcomes, dispatchTimes, duplicates, violations }: Findings): string[] {
  const counts = Map.groupBy(outcomes, ({ status }) => status)
  const ended = STATES.filter((state) => counts.has(state)).map((state) => row(state, counts.get(state)!.length))
  const repeated = placed.filter(({ again }) => again !== undefined).length
  return [
    row('orders placed', placed.length),
    ...ended,
    row('POST to dispatched', `p50 ${milliseconds(quantile(dispatchTimes, 0.5))}, p99 ${milliseconds(quantile(dispatchTimes, 0.99))}`),
    row('duplicates seen', `${duplicates} absorbed by the services, ${repeated} POSTs sent twice`),
    ...(notPlaced.length > 0 ? [row('not placed', notPlaced.length), ...list(notPlaced)] : []),
    row('violations', violations.length),
    ...list(violations),
  ]
}

const row = (name: string, value: string | number) => `  ${name.padEnd(20)}${value}`
const milliseconds = (value: number | undefined) => (value === undefined ? '-' : `${Math.round(value)} ms`)

function list(texts: readonly string[]): string[] {
  const shown = texts.slice(0, MOST_SHOWN).map((text) => `    ${text}`)
  return texts.length > MOST_SHOWN ? [...shown, `    and ${texts.length - MOST_SHOWN} more`] : shown
}

/** The smallest value that this part of all does not exceed. */
export function quantile(values: readonly number[], part: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]
}

export function bar(done: number, total: number, width = 30): string {
  const full = Math.floor((done / total) * width)
  return `  ${'█'.repeat(full)}${'░'.repeat(width - full)} ${done}/${total} orders`
}
