import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { type History, runHistory } from './relay-history.ts'

const firstDeliveries = (delivered: readonly number[]) => [...new Set(delivered)]

/** Events of a key are numbered from 1; from the refused one on, none may be delivered. */
function expected({ poison }: History, key: string, appended: number): number[] {
  const deliverable = poison?.startsWith(key) ? Math.min(appended, Number(poison.slice(1)) - 1) : appended
  return Array.from({ length: deliverable }, (_, i) => i + 1)
}

describe('three relays without a lease, whatever fails', () => {
  const faults = { crashes: 0, failures: 0, repeats: 0 }

  it('deliver every event, first deliveries of a key in order, and mark nothing that Kafka has not got', async () => {
    const histories = fc.asyncProperty(fc.integer(), async (seed) => {
      const history = await runHistory(seed)
      for (const { key, appended, delivered } of history.keys)
        expect([key, ...firstDeliveries(delivered)]).toEqual([key, ...expected(history, key, appended)])
      expect(history.missing).toEqual([])
      for (const name of ['crashes', 'failures', 'repeats'] as const) faults[name] += history.seen[name]
    })
    await fc.assert(histories, { numRuns: 500 })
  }, 60_000)

  it('were really hit by faults', () => {
    expect(Math.min(...Object.values(faults))).toBeGreaterThan(500)
  })
})
