import { describe, expect, it } from '@jest/globals'
import { decideCharge, decideRefund } from '../src/decisions.ts'
import { createLedger, type Ledger } from '../src/ledger.ts'
import type { Switch } from '../src/switch.ts'

const state: Switch = { down: false, delayMs: 0, slowMs: 0, accept: [], declinePercent: 0 }
const charging = (more: object = {}) => ({ reference: 'capture:o-1', amount: 500, currency: 'EUR', token: 'tok_ok', ...more })

function charge(ledger: Ledger, key: string, more: object = {}, misbehaviour: Partial<Switch> = {}) {
  const decision = decideCharge(ledger, { key, body: charging(more) }, { ...state, ...misbehaviour })
  if (!decision.replayed) ledger.record(decision.entry)
  return decision
}

function refund(ledger: Ledger, key: string, amount: number, charge = 'capture:o-1') {
  const decision = decideRefund(ledger, { key, body: { reference: `refund:${key}`, charge, amount } })
  if (!decision.replayed) ledger.record(decision.entry)
  return decision
}

describe('the provider, when a key comes again', () => {
  it('gives the same answer to the same body and enters nothing', () => {
    const ledger = createLedger()
    const first = charge(ledger, 'k')
    expect(charge(ledger, 'k')).toEqual({ entry: first.entry, replayed: true })
    expect(ledger.entries()).toHaveLength(1)
  })

  it('refuses another body, also one that asks for a refund', () => {
    const ledger = createLedger()
    charge(ledger, 'k')
    expect(() => charge(ledger, 'k', { amount: 501 })).toThrow(expect.objectContaining({ status: 422, code: 'key-reused' }))
    expect(() => refund(ledger, 'k', 500)).toThrow(expect.objectContaining({ code: 'key-reused' }))
  })

  it('keeps a verdict after the switch has changed it for others', () => {
    const ledger = createLedger()
    charge(ledger, 'k')
    expect(charge(ledger, 'k', {}, { declinePercent: 100 }).entry.status).toBe('captured')
    expect(charge(ledger, 'other', {}, { declinePercent: 100 }).entry.status).toBe('declined')
  })
})

describe('the provider, when two keys charge one reference', () => {
  it('captures twice and shows both, for it is a witness', () => {
    const ledger = createLedger()
    charge(ledger, 'a')
    charge(ledger, 'b')
    expect(ledger.entries()).toHaveLength(2)
    expect(ledger.balance('capture:o-1')).toBe(1000)
  })

  it('answers a question with the captured one', () => {
    const ledger = createLedger()
    charge(ledger, 'a')
    charge(ledger, 'b', { token: 'tok_declined' })
    expect(ledger.charge('capture:o-1')?.status).toBe('captured')
    charge(ledger, 'c', { reference: 'capture:o-2', token: 'tok_declined' })
    charge(ledger, 'd', { reference: 'capture:o-2' })
    expect(ledger.charge('capture:o-2')?.status).toBe('captured')
  })
})

describe('the provider, when it does not know a token', () => {
  it('refuses it, until an operator has it accepted', () => {
    const ledger = createLedger()
    expect(() => charge(ledger, 'k', { token: 'tok_new' })).toThrow(expect.objectContaining({ status: 422, code: 'token-unknown' }))
    expect(charge(ledger, 'k', { token: 'tok_new' }, { accept: ['tok_new'] }).entry.status).toBe('captured')
  })
})

describe('the provider, when it declines a share', () => {
  it('declines about that share, and the same keys each time', () => {
    const declined = () => {
      const ledger = createLedger()
      const keys = Array.from({ length: 1000 }, (_, n) => `k-${n}`)
      return keys.filter((key) => charge(ledger, key, {}, { declinePercent: 30 }).entry.status === 'declined')
    }
    expect(declined().length).toBeGreaterThan(240)
    expect(declined().length).toBeLessThan(360)
    expect(declined()).toEqual(declined())
  })
})

describe('the provider, when money goes back', () => {
  it('gives back parts until nothing is left', () => {
    const ledger = createLedger()
    charge(ledger, 'k')
    expect(refund(ledger, 'r-1', 200).entry).toMatchObject({ status: 'refunded', amount: 200, currency: 'EUR', charge: 'capture:o-1' })
    expect(() => refund(ledger, 'r-2', 301)).toThrow(expect.objectContaining({ status: 422, code: 'refund-too-large' }))
    refund(ledger, 'r-3', 300)
    expect(ledger.balance('capture:o-1')).toBe(0)
    expect(refund(ledger, 'r-3', 300).replayed).toBe(true)
  })

  it('refuses what was never captured', () => {
    const ledger = createLedger()
    charge(ledger, 'k', { token: 'tok_declined' })
    expect(() => refund(ledger, 'r-1', 1)).toThrow(expect.objectContaining({ code: 'charge-unknown' }))
    expect(() => refund(ledger, 'r-2', 1, 'capture:o-9')).toThrow(expect.objectContaining({ code: 'charge-unknown' }))
  })
})
