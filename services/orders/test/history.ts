import {
  type Event,
  OrderDispatched,
  ParcelRecalled,
  PaymentCaptured,
  PaymentFailed,
  PaymentRefunded,
  StockReleased,
  StockReserved,
  StockShort,
} from '@quadrille/contracts'
import { type Before, type CommandInput, fold, type Stamp, type Step } from '@quadrille/messaging'
import type { Answer } from '../src/idempotency.ts'
import type { CancelOrder, Order, PlaceOrder } from '../src/order.ts'
import { readProducts, usualCatalogue } from '../src/products.ts'
import { orders } from '../src/service.ts'

export const windowMs = 1_000
export const products = readProducts(usualCatalogue)
export const service = orders({ cancelWindowMs: windowMs, products, ordersPerSecond: 0 })

const { orderId } = PaymentCaptured.example
export const command: PlaceOrder = {
  orderId,
  correlationId: '0198f2a4-0000-7000-8000-000000000001',
  customer: { id: 'c-1', email: 'ada@example.com' },
  items: [{ sku: 'mug-blue', name: 'Enamel mug, blue', quantity: 2, price: 1290 }],
  total: 2580,
  currency: 'EUR',
  paymentToken: 'tok_ok',
}

export const facts = {
  captured: PaymentCaptured(PaymentCaptured.example),
  failed: PaymentFailed(PaymentFailed.example),
  refunded: PaymentRefunded(PaymentRefunded.example),
  reserved: StockReserved(StockReserved.example),
  short: StockShort(StockShort.example),
  dispatched: OrderDispatched(OrderDispatched.example),
  released: StockReleased(StockReleased.example),
  recalled: ParcelRecalled(ParcelRecalled.example),
}

const stamp: Stamp = ({ type, data }, { sequence, cause }) => ({
  id: `${sequence}`,
  topic: 'orders.v1',
  key: orderId,
  sequence,
  value: JSON.stringify({ type, data, correlationId: cause.correlationId }),
  headers: {},
})

/** Orders, driven by hand through the shipped fold, on a clock of its own. */
export function createHistory() {
  let before: Before<Order, Answer> = { states: new Map(), shared: new Map(), sequences: new Map(), parked: new Set(), now: new Date(0) }
  const emitted: (Event & { correlationId: string })[] = []

  function take(step: Step) {
    const folded = fold(service, [step], before, stamp)
    for (const { error } of folded.failed) throw error
    before = { ...before, states: folded.states, shared: folded.shared, sequences: folded.sequences }
    emitted.push(...folded.events.map(({ value }) => JSON.parse(value)))
    return folded
  }

  return {
    emitted,
    types: () => emitted.map(({ type }) => type),
    state: (id: string = orderId) => before.states.get(id) ?? service.initial(id),
    wait: (ms: number) => {
      before = { ...before, now: new Date(before.now.getTime() + ms) }
    },
    deliver: ({ type, data }: Event) =>
      take({
        kind: 'event',
        id: type,
        orderId,
        emitter: type.startsWith('Payment') ? 'payments' : 'warehouse',
        type,
        fact: data as never,
        cause: {},
        message: {} as never,
      }),
    ask(name: 'place' | 'cancel' | 'cancelByOperator', asked: PlaceOrder | CancelOrder = { orderId }) {
      const input: CommandInput = { kind: 'command', name, orderId: asked.orderId, command: asked, cause: {} }
      return take(input).replies.get(input)
    },
  }
}

export type History = ReturnType<typeof createHistory>
