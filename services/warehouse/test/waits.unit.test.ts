import { describe, expect, it } from '@jest/globals'
import { newAllocation, waitsFor } from '../src/allocation.ts'

describe('warehouse, when asked what an order waits for', () => {
  it('names the event and who tells it', () => {
    const allocation = newAllocation('o-1')
    expect(waitsFor(allocation)).toEqual(['waits for OrderPlaced from orders'])
    expect(waitsFor({ ...allocation, paid: true })).toEqual(['waits for OrderPlaced from orders; it is paid already'])
    expect(waitsFor({ ...allocation, status: 'reserved' })).toEqual([
      'waits for PaymentCaptured or PaymentFailed from payments; its stock is reserved',
    ])
    expect(waitsFor({ ...allocation, status: 'dispatched' })).toEqual([])
  })
})
