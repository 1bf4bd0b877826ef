import type { Measures } from '@quadrille/messaging'
import type { Order } from './order.ts'
import { ends } from './view.ts'

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

/** Orders placed and ended. One that is cancelled after it was dispatched ends twice, and is counted as both. */
export const measures: Measures<Order> = (meter) => {
  const placed = meter.createCounter('orders_placed', { description: 'orders taken' })
  const ended = meter.createCounter('orders_ended', { description: 'orders that came to this end' })
  const duration = meter.createHistogram('order_duration_seconds', {
    unit: 's',
    description: 'from placing to this end, on the database clock',
    advice: { explicitBucketBoundaries: SECONDS },
  })
  placed.add(0)
  for (const status of ends) ended.add(0, { status })

  return ({ before, after, now }) => {
    if (after.status === 'new') return
    if (before.status === 'new') placed.add(1)
    if (before.status === after.status || !ends.includes(after.status)) return
    ended.add(1, { status: after.status })
    duration.record((now.getTime() - after.placedAt.getTime()) / 1000, { status: after.status })
  }
}
