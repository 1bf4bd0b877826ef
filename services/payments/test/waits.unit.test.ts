import { describe, expect, it } from '@jest/globals'
import { newPayment, waitsFor } from '../src/payment.ts'

describe('payments, when asked what an order waits for', () => {
  it('names the event and who tells it', () => {
    const payment = newPayment('o-1')
    expect(waitsFor({ ...payment, stop: true })).toEqual(['waits for OrderPlaced from orders'])
    expect(waitsFor({ ...payment, status: 'captured' })).toEqual([])
  })
})
