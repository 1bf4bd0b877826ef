import { describe, expect, it } from '@jest/globals'
import { newOrder, type Order } from '../src/order.ts'
import { waitsFor } from '../src/waits.ts'

describe('orders, when asked what an order waits for', () => {
  it('names the event and who tells it', () => {
    const at = (status: string) => waitsFor({ ...newOrder('o-1'), status } as Order)
    expect(at('placed')).toEqual(['waits for PaymentCaptured or PaymentFailed from payments, or StockShort from warehouse'])
    expect(at('paid')).toEqual(['waits for OrderDispatched or StockShort from warehouse'])
    expect(['dispatched', 'cancelled', 'out_of_stock', 'payment_failed'].flatMap(at)).toEqual([])
  })
})
