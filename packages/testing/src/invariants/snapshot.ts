import type { Emitter } from '@quadrille/contracts'

/** A service by its name, which is also its database and its consumer group. */
export type ServiceName = Emitter

export type OrderStatus = 'placed' | 'paid' | 'dispatched' | 'payment_failed' | 'out_of_stock' | 'cancelled'

export interface Line {
  readonly sku: string
  readonly quantity: number
}

export interface OrderRow {
  readonly orderId: string
  readonly status: OrderStatus
  readonly total: number
  readonly currency: string
  readonly items: readonly Line[]
  readonly address: string
  readonly correlationId: string
}

export interface AnswerRow {
  readonly key: string
  readonly orderId: string
}

export interface PaymentRow {
  readonly orderId: string
  readonly status: 'new' | 'charging' | 'captured' | 'failed' | 'refunding' | 'refunded' | 'void'
  readonly chargeId: string | null
  readonly refundId: string | null
}

export interface StockRow {
  readonly sku: string
  readonly onHand: number
  readonly reserved: number
  readonly dispatched: number
  readonly initial: number
  readonly received: number
}

export interface AllocationRow {
  readonly orderId: string
  readonly status: 'none' | 'reserved' | 'short' | 'closed' | 'dispatched' | 'released' | 'recalled'
  readonly items: readonly Line[]
}

export interface RewardRow {
  readonly orderId: string
  readonly status: 'new' | 'holding' | 'awarded' | 'revoked' | 'void'
  readonly points: number | null
}

export interface MailRow {
  readonly orderId: string
  readonly fact: string
  readonly status: 'waiting' | 'due' | 'sent'
  readonly messageId: string | null
}

export interface OutboxRow {
  readonly eventId: string
  readonly topic: string
  /** Null on dead letters. */
  readonly key: string | null
  readonly value: string | null
  readonly published: boolean
  /** Refused by Kafka for what it is. */
  readonly parked: boolean
  /** Published so long ago that its topic may have forgotten it. */
  readonly old: boolean
}

export interface EffectRow {
  readonly key: string
  readonly kind: string
  readonly orderId: string
  readonly status: 'due' | 'done' | 'void' | 'refused'
  readonly attempts: number
}

/** A row of `parked_events`. */
export interface LetterRow {
  readonly orderId: string | null
  readonly eventId: string
  /** As in its headers: `OrderPlaced.v1`. */
  readonly type: string | null
  readonly code: string
  readonly outcome: 'redriven' | 'discarded' | null
}

export interface StreamRow {
  readonly orderId: string
  readonly sequence: number
  readonly parked: boolean
}

/** The runtime's own tables, which every service has. */
export interface RuntimeRows {
  readonly outbox: readonly OutboxRow[]
  readonly effects: readonly EffectRow[]
  readonly letters: readonly LetterRow[]
  readonly streams: readonly StreamRow[]
}

/** A record of any of our topics, as text. */
export interface TopicRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: string | null
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** A line of the payment provider's own books. */
export interface LedgerLine {
  readonly kind: 'charge' | 'refund'
  readonly id: string
  readonly key: string
  readonly orderId?: string
  readonly amount: number
  readonly currency: string
  readonly status: 'captured' | 'declined' | 'refunded'
}

export interface ReceivedMail {
  readonly messageId: string
  readonly orderId?: string
  readonly recipients: readonly string[]
}

/** An order that was answered with 201. */
export interface AskedOrder {
  readonly orderId: string
  /** The statuses it may end in, where the test knows. */
  readonly ends?: readonly OrderStatus[]
  /** The Idempotency-Key it came with, made unique per customer. */
  readonly key?: string
}

/** A dead letter that a test caused. */
export interface PlantedLetter {
  readonly consumer: ServiceName
  readonly code: string
  readonly orderId: string | null
}

/** What a test did on purpose, and therefore what is no violation. Absent lists: nothing is known (orders), or nothing was planted. */
export interface Planted {
  /** Every order answered with 201. */
  readonly orders?: readonly AskedOrder[]
  /** Records written into topics by hand. */
  readonly records?: readonly Pick<TopicRecord, 'topic' | 'partition' | 'offset'>[]
  /** One for each planted fault and each consumer that meets it. */
  readonly deadLetters?: readonly PlantedLetter[]
}

/** Everything the invariants are about, read from databases, topics, the provider's ledger and the mailbox; never from a service. */
export interface Snapshot {
  readonly orders: readonly OrderRow[]
  readonly answers: readonly AnswerRow[]
  readonly payments: readonly PaymentRow[]
  readonly stock: readonly StockRow[]
  readonly allocations: readonly AllocationRow[]
  readonly rewards: readonly RewardRow[]
  readonly mails: readonly MailRow[]
  readonly runtimes: Readonly<Record<ServiceName, RuntimeRows>>
  /** Of all topics; those of one partition in the order of their offsets. */
  readonly records: readonly TopicRecord[]
  readonly ledger: readonly LedgerLine[]
  readonly mailbox: readonly ReceivedMail[]
  /** What each SKU started with; absent: not compared. */
  readonly catalogue?: readonly { readonly sku: string; readonly stock: number }[]
  readonly planted: Planted
}
