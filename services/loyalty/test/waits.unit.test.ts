import { describe, expect, it } from '@jest/globals'
import { newReward, waitsFor } from '../src/reward.ts'

describe('loyalty, when asked what an order waits for', () => {
  it('names the event and who tells it', () => {
    const reward = newReward('o-1')
    expect(waitsFor({ ...reward, paid: true })).toEqual(['waits for OrderPlaced from orders; it is paid already'])
    expect(waitsFor({ ...reward, customerId: 'c-1', points: 34 })).toEqual(['waits for PaymentCaptured from payments'])
    expect(waitsFor({ ...reward, stop: true })).toEqual([])
    expect(waitsFor({ ...reward, status: 'awarded' })).toEqual([])
  })
})
