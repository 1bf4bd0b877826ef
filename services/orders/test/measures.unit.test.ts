import { describe, expect, it } from '@jest/globals'
import { measures } from '../src/measures.ts'
import { newOrder, type Order, type Placed } from '../src/order.ts'

const orderId = '0198f2a4-6c1e-7d3a-9b52-3f6f0a1c2d4e'
const at = (status: Placed['status']) => ({ orderId, status, placedAt: new Date(0) }) as Placed

/** What was counted, a line each. */
function measured() {
  const counted: string[] = []
  const note = (name: string) => (value: number, labels: object) =>
    void (value && counted.push([name, value, ...Object.values(labels ?? {})].join(' ')))
  const meter = { createCounter: (name: string) => ({ add: note(name) }), createHistogram: (name: string) => ({ record: note(name) }) }
  const measure = measures(meter as never)
  return { counted, move: (before: Order, after: Order) => measure({ before, after, now: new Date(2_500) }) }
}

describe('orders, counted', () => {
  it('are placed once and end once', () => {
    const { counted, move } = measured()
    move(newOrder(orderId), at('placed'))
    move(at('placed'), at('paid'))
    move(at('paid'), at('dispatched'))
    move(at('dispatched'), { ...at('dispatched'), refundedAt: new Date() })
    expect(counted).toEqual(['orders_placed 1', 'orders_ended 1 dispatched', 'order_duration_seconds 2.5 dispatched'])
  })

  it('are placed and ended at once where one set took both', () => {
    const { counted, move } = measured()
    move(newOrder(orderId), at('cancelled'))
    expect(counted).toEqual(['orders_placed 1', 'orders_ended 1 cancelled', 'order_duration_seconds 2.5 cancelled'])
  })

  it('end twice where they are cancelled after they were dispatched', () => {
    const { counted, move } = measured()
    move(at('dispatched'), at('cancelled'))
    expect(counted).toEqual(['orders_ended 1 cancelled', 'order_duration_seconds 2.5 cancelled'])
  })

  it('are none, if all that was heard is the end of one that is unknown', () => {
    const { counted, move } = measured()
    move(newOrder(orderId), newOrder(orderId))
    expect(counted).toEqual([])
  })
})
