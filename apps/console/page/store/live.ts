import type { ChangedOrders, OrderRow, Pulse } from '../../src/api-types.ts'

/** What the stream told lately. */
export interface Live {
  readonly line: 'connecting' | 'live' | 'lost'
  readonly pulse: Pulse | null
  /** How much flowed in the last minutes, oldest first; whole pulses would be megabytes. */
  readonly pulses: readonly Pick<Pulse, 'at' | 'rates'>[]
  /** Orders that changed lately, by id, newest change last. */
  readonly changed: ReadonlyMap<string, OrderRow>
  /** How often the line came back: what was missed meanwhile must be asked for. */
  readonly returns: number
}

export const nothingYet: Live = { line: 'connecting', pulse: null, pulses: [], changed: new Map(), returns: 0 }

const MOST_PULSES = 180
const MOST_CHANGED = 400

export const withPulse = (live: Live, pulse: Pulse): Live => ({
  ...{ ...live, pulse },
  pulses: [...live.pulses, { at: pulse.at, rates: pulse.rates }].slice(-MOST_PULSES),
})

export function withOrders(live: Live, { rows }: ChangedOrders): Live {
  const changed = new Map(live.changed)
  for (const row of [...rows].reverse()) {
    changed.delete(row.orderId) // to be the last one again
    changed.set(row.orderId, row)
  }
  return { ...live, changed: new Map([...changed].slice(-MOST_CHANGED)) }
}

export const opened = (live: Live): Live => ({ ...live, line: 'live', returns: live.line === 'lost' ? live.returns + 1 : live.returns })
export const lost = (live: Live): Live => ({ ...live, line: 'lost' })
