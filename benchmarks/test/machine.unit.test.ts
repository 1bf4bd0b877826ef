import { describe, expect, it } from '@jest/globals'
import { createLatencies, percentilesOf } from '../src/latencies.ts'
import { assertLedger, countDeliveries, LedgerError } from '../src/ledger.ts'
import { readProcessTime, ticksBelow } from '../src/processor-time.ts'
import { foreignShare, readTotals } from '../src/quiet.ts'

describe('processor time', () => {
  it('is read also of a process whose name is meant to confuse', () => {
    const line = '42 (a) b (c) S 7 42 42 0 -1 4194560 100 200 0 0 11 22 3 4 20 0 1 0 100 0 0'
    expect(readProcessTime(line)).toEqual({ pid: 42, parent: 7, ticks: 40 })
  })

  it('counts a process with everything below it', () => {
    const process = (pid: number, parent: number, ticks: number) => ({ pid, parent, ticks })
    const all = [process(1, 0, 1), process(10, 1, 10), process(11, 10, 100), process(12, 11, 1_000), process(20, 1, 10_000)]
    expect(ticksBelow(all, 10)).toBe(1_110)
    expect(ticksBelow(all, 99)).toBe(0)
  })
})

describe('the quiet check', () => {
  it('reads what a machine did, waiting for a disk being no work', () => {
    expect(readTotals('cpu  10 20 30 400 50 1 2 3 9 9\ncpu0 …')).toEqual({ all: 516, busy: 66 })
  })

  it('blames others for what we did not use, and the host for what it took', () => {
    const at = (all: number, busy: number, ours: number) => ({ all, busy, ours, byProcess: {} })
    expect(foreignShare(at(0, 0, 0), at(1_000, 700, 600))).toBeCloseTo(0.1)
    expect(foreignShare(at(0, 0, 0), at(1_000, 600, 602))).toBe(0)
  })
})

describe('the ledger', () => {
  it('shows no speed where anything disagrees, and says what', () => {
    expect(assertLedger('here', [{ what: 'rows', expected: 3, found: 3 }])).toBe(1)
    const broken = () => assertLedger('relay, round 2', [{ what: 'rows', expected: 3, found: 2 }])
    expect(broken).toThrow(LedgerError)
    expect(broken).toThrow('relay, round 2: rows: 3 expected, 2 found')
  })

  it('counts first deliveries, copies, and what came after a later one of its key', () => {
    const record = (key: string, sequence: number) => ({ id: `${key}${sequence}`, key, sequence })
    const records = [record('a', 1), record('b', 2), record('a', 2), record('a', 1), record('b', 1)]
    expect(countDeliveries(records)).toEqual({ first: 4, copies: 1, disordered: 1 })
  })
})

describe('latencies', () => {
  it('of several processes are merged, never averaged', () => {
    const [calm, busy] = [createLatencies(), createLatencies()]
    for (let n = 0; n < 99; n++) calm.record(1)
    busy.record(100)
    const { p50, p99, max, count } = percentilesOf([calm.encoded(), busy.encoded()])
    expect(count).toBe(100)
    expect(p50).toBeCloseTo(1, 2)
    expect(p99).toBeCloseTo(1, 2)
    expect(max).toBeGreaterThan(99)
  })
})
