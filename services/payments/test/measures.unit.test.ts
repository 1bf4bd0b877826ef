import { describe, expect, it } from '@jest/globals'
import { measures } from '../src/measures.ts'
import { newPayment, type Payment } from '../src/payment.ts'

const charging: Payment = { ...newPayment('o-1'), status: 'charging', amount: 1290, currency: 'EUR' }
const captured: Payment = { ...charging, status: 'captured', chargeId: 'ch_1' }
const refunding: Payment = { ...captured, status: 'refunding', stop: true }
const refunded: Payment = { ...refunding, status: 'refunded', refundId: 're_1' }

const counted = (...states: Payment[]) => {
  const noted: { value: number }[] = []
  const measure = measures({
    createCounter: () => ({ add: (value: number, labels: object) => noted.push({ value, ...labels }) }),
  } as never)
  for (const [place, after] of states.entries()) if (place > 0) measure({ before: states[place - 1]!, after, now: new Date() })
  return noted
}

const measured = (...states: Payment[]) => counted(...states).filter(({ value }) => value > 0)
const inEuro = (movement: string) => ({ value: 1290, movement, currency: 'EUR' })

describe('money, counted', () => {
  it('begins at nothing, so that the first order is seen', () => {
    expect(counted()).toEqual(['captured', 'refunded'].map((movement) => ({ value: 0, movement, currency: 'EUR' })))
  })

  it('is captured once and refunded once', () => {
    expect(measured(newPayment('o-1'), charging, captured, refunding, refunded)).toEqual([inEuro('captured'), inEuro('refunded')])
  })

  it('is both, where the order was stopped while the card was charged', () => {
    expect(measured(charging, refunding, refunded)).toEqual([inEuro('captured'), inEuro('refunded')])
  })

  it('is none where the card is declined', () => {
    expect(measured(charging, { ...charging, status: 'failed', reason: 'card_declined' })).toEqual([])
  })
})
