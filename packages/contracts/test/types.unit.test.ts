import { describe, expect, it } from '@jest/globals'
import {
  catalogue,
  type Data,
  type EmailSent,
  type Event,
  type EventContract,
  type EventOf,
  type OrderCancelled,
  type OrderId,
  OrderPlaced,
  PaymentFailed,
  type Sku,
  topicOf,
} from '../src/index.ts'

// Proved by `tsc`: an error that is expected and does not come is an error.
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const proved = <_Claim extends true>() => undefined

describe('the types of contracts', () => {
  it('know each event by its name, its emitter and its data', () => {
    proved<Same<Data<typeof EmailSent>['orderId'], OrderId>>()
    proved<Same<Data<typeof OrderCancelled>['by'], 'customer' | 'operator'>>()
    proved<Same<EventOf<typeof OrderCancelled>, Event<'OrderCancelled', Data<typeof OrderCancelled>>>>()
    proved<Same<(typeof OrderPlaced)['emitter'], 'orders'>>()
    proved<Same<keyof (typeof catalogue)['payments'], 'PaymentCaptured' | 'PaymentFailed' | 'PaymentRefunded'>>()
    proved<Same<ReturnType<typeof topicOf<'email'>>, 'email.v1'>>()
  })

  it('take plain strings in and give branded ids out', () => {
    const event = PaymentFailed({ orderId: 'any string', reason: 'card declined' })
    const branded: OrderId = event.data.orderId
    // @ts-expect-error an order id is not a SKU
    const sku: Sku = branded
    // @ts-expect-error a plain string is not an order id
    const plain: OrderId = 'any string'
    expect([sku, plain]).toEqual(['any string', 'any string'])
  })

  it('refuse data that is not the event’s', () => {
    // @ts-expect-error the reason is missing
    expect(PaymentFailed({ orderId: 'x' })).toBeDefined()
    // @ts-expect-error an amount is a number
    expect(catalogue.payments.PaymentCaptured({ orderId: 'x', amount: '1', currency: 'EUR', reference: 'r' })).toBeDefined()
    // @ts-expect-error nobody emits this
    expect(catalogue.orders.OrderShipped).toBeUndefined()
    // @ts-expect-error nor is there such a service
    expect(topicOf('shipping')).toBe('shipping.v1')
  })

  it('let any contract be passed where some contract is wanted', () => {
    const some: readonly EventContract[] = [OrderPlaced, PaymentFailed, ...Object.values(catalogue.warehouse)]
    expect(some).toHaveLength(7)
  })
})
