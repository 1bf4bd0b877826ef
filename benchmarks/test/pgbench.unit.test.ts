import { describe, expect, it } from '@jest/globals'
import { literal, readReport, textOf, UUID } from '../src/pgbench.ts'

describe('a script for pgbench', () => {
  it('numbers the transactions of each connection by themselves', () => {
    const text = textOf(['begin', `insert into t\n  values (${UUID})`, 'end'])
    expect(text.split('\n').slice(0, 3)).toEqual(['\\set n :n + 1', '\\set id :client_id * 1000000000 + :n', 'begin;'])
    expect(text).toContain("insert into t values (('01990000-0000-7000-8000-' || lpad(to_hex(:id::bigint), 12, '0')));")
  })

  it('holds texts whose colons pgbench does not take for variables', () => {
    expect(literal(`{"it's":true}`)).toBe(`U&'{"it''s"\\003Atrue}'`)
  })
})

describe("pgbench's report", () => {
  const report = `number of transactions actually processed: 5120
number of failed transactions: 0 (0.000%)
initial connection time = 30.123 ms
tps = 2560.000000 (without initial connection time)`

  it('tells how many transactions, and in what time without connecting', () => {
    expect(readReport(report)).toEqual({ done: 5_120, elapsedMs: 2_000 })
  })

  it('is refused when a transaction failed, or when it says nothing', () => {
    expect(() => readReport(report.replace('failed transactions: 0', 'failed transactions: 3'))).toThrow('cannot be used')
    expect(() => readReport('')).toThrow('cannot be used')
  })
})
