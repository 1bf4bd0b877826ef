import type { OrderStatus, ServiceName } from '../../src/api-types.ts'

/** What happens after an order was placed: who emits it, when, and what caused it (by its place in the list). */
export interface Step {
  readonly type: string
  readonly emitter: ServiceName
  readonly ms: number
  readonly cause: number | null
}

export type Trouble = 'handler' | 'undecodable' | 'refused charge' | 'paused email'
export interface Journey {
  readonly status: OrderStatus
  readonly trouble: Trouble | null
  readonly steps: readonly Step[]
}

const step = (type: string, emitter: ServiceName, ms: number, cause: number | null = 0): Step => ({ type, emitter, ms, cause })

const placed = step('OrderPlaced', 'orders', 0, null)
const reserved = step('StockReserved', 'warehouse', 21)

/** The ways an order goes; times are those of a laptop. */
export const journeys: readonly Journey[] = [
  {
    ...{ status: 'dispatched', trouble: null },
    steps: [
      ...[
        placed,
        reserved,
        step('PaymentCaptured', 'payments', 64),
        step('EmailSent', 'email', 118, 2),
        step('OrderDispatched', 'warehouse', 92, 2),
      ],
      ...[step('EmailSent', 'email', 151, 4), step('PointsAwarded', 'loyalty', 10_107, 2)],
    ],
  },
  {
    ...{ status: 'payment_failed', trouble: null },
    steps: [
      placed,
      reserved,
      step('PaymentFailed', 'payments', 58),
      step('StockReleased', 'warehouse', 83, 2),
      step('EmailSent', 'email', 112, 2),
    ],
  },
  {
    ...{ status: 'out_of_stock', trouble: null },
    steps: [
      ...[placed, step('StockShort', 'warehouse', 19), step('PaymentCaptured', 'payments', 61), step('EmailSent', 'email', 74, 1)],
      ...[step('PaymentRefunded', 'payments', 139, 1), step('EmailSent', 'email', 187, 4)],
    ],
  },
  {
    ...{ status: 'cancelled', trouble: null },
    steps: [
      ...[placed, reserved, step('PaymentCaptured', 'payments', 71), step('OrderDispatched', 'warehouse', 97, 2)],
      ...[
        step('OrderCancelled', 'orders', 4_210, null),
        step('ParcelRecalled', 'warehouse', 4_236, 4),
        step('PaymentRefunded', 'payments', 4_288, 4),
      ],
      step('EmailSent', 'email', 4_251, 4),
    ],
  },
  { status: 'paid', trouble: 'handler', steps: [placed, step('PaymentCaptured', 'payments', 66), step('EmailSent', 'email', 121, 1)] },
  { status: 'placed', trouble: 'undecodable', steps: [placed, reserved] },
  { status: 'placed', trouble: 'refused charge', steps: [placed, reserved] },
  {
    ...{ status: 'dispatched', trouble: 'paused email' },
    steps: [placed, reserved, step('PaymentCaptured', 'payments', 66), step('OrderDispatched', 'warehouse', 95, 2)],
  },
]
