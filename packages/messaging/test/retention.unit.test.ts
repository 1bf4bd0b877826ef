import { describe, expect, it } from '@jest/globals'
import { createRetention, type Pruned } from '../src/retention.ts'
import { createVirtualTime } from './virtual-time.ts'

const minute = 60_000
const hour = 60 * minute

/** A table with old rows, of which every batch takes `batchMs`. */
function oldRows(table: string, rows: number, more: { batchMs?: number; fails?: number } = {}) {
  const state = { rows, fails: more.fails ?? 0, asked: [] as { at: number; days: number }[] }
  const time = createVirtualTime()
  const forget = async (days: number, most: number) => {
    state.asked.push({ at: time.now(), days })
    if (state.fails-- > 0) throw new Error('the connection is lost')
    if (more.batchMs) await time.pause(more.batchMs, new AbortController().signal)
    const removed = Math.min(most, state.rows)
    state.rows -= removed
    return removed
  }
  return { ...time, state, pruned: { table, days: 30, forget } satisfies Pruned }
}

function retention(table: ReturnType<typeof oldRows>) {
  const removed: [string, number][] = []
  const errors: string[] = []
  const { start, stop } = createRetention({
    tables: [table.pruned],
    instruments: { removed: (name, rows) => void removed.push([name, rows]) },
    onError: (_, what) => void errors.push(what),
    pause: table.pause,
    now: table.now,
  })
  start()
  return { stop, removed, errors }
}

describe('retention', () => {
  it('leaves a starting service in peace for a minute, then removes old rows in small batches until none is left', async () => {
    const table = oldRows('outbox', 2_500)
    const { removed, stop } = retention(table)
    await table.elapse(minute - 1)
    expect(removed).toEqual([])
    await table.elapse(minute)
    expect(removed).toEqual([1_000, 1_000, 500, 0].map((rows) => ['outbox', rows]))
    expect(table.state.asked[0]).toEqual({ at: minute, days: 30 })
    await stop()
  })

  it('rests nine tenths of the time while it works', async () => {
    const table = oldRows('outbox', 3_000, { batchMs: 200 })
    const { stop } = retention(table)
    await table.elapse(2 * minute)
    expect(table.state.asked.map(({ at }) => at - minute)).toEqual([0, 2_000, 4_000, 6_000])
    await stop()
  })

  it('looks again every hour, also after it failed', async () => {
    const table = oldRows('outbox', 1, { fails: 1 })
    const { removed, errors, stop } = retention(table)
    await table.elapse(minute + hour / 2)
    expect([removed, errors]).toEqual([[], ['old rows of outbox could not be removed']])
    await table.elapse(hour)
    expect(removed).toEqual([
      ['outbox', 1],
      ['outbox', 0],
    ])
    await stop()
  })

  it('ends after the batch under way', async () => {
    const table = oldRows('outbox', 1_000_000, { batchMs: 100 })
    const { removed, stop } = retention(table)
    await table.until(() => table.state.asked.length === 2, 2 * minute)
    const stopped = stop()
    await table.elapse(minute)
    await stopped
    expect(removed).toHaveLength(2)
  })
})
