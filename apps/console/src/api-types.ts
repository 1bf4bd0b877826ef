// What the console answers, for the page and for programs. Types alone: the page imports them, and nothing of them is left at run time.
import type { Origin, Story } from '@quadrille/ops'
import type { LagJson } from './lag-json.ts'

// What the operators' API answers through `/api/services/:service/admin/…`.
export type {
  AuditRow,
  CodeSummary,
  Consumer,
  DryRun,
  Effect,
  LetterDetails,
  Mail,
  OrderRecord,
  OrderView,
  Outbox,
  ParkedRow,
  Resumed,
  Task,
} from '@quadrille/ops'
export type * from './break/types.ts'
export type { LagJson, Origin, Story }

/** The five services, in the order in which an order meets them. */
export type ServiceName = 'orders' | 'payments' | 'warehouse' | 'loyalty' | 'email'

export type OrderStatus = 'placed' | 'paid' | 'dispatched' | 'payment_failed' | 'out_of_stock' | 'cancelled'
export type Counts = Readonly<Record<OrderStatus, number>>

/** `application/problem+json`, as every service answers it. */
export interface ProblemJson {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail?: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/** `GET /api/session` */
export interface Session {
  /** Given only where the process may hand it over, to a page on the same machine; else the operator types it in. */
  readonly token: string | null
  readonly breakIt: boolean
  /** Addresses for the browser; `traces` holds `{traceId}`. */
  readonly links: { readonly mail?: string; readonly grafana?: string; readonly prometheus?: string; readonly traces?: string }
}

/** `GET /api/map`: who emits what, who takes it. */
export interface FlowMap {
  readonly services: readonly {
    readonly name: ServiceName
    readonly emits: readonly string[]
    readonly consumes: readonly { readonly emitter: ServiceName; readonly topic: string; readonly types: readonly string[] }[]
  }[]
  readonly topics: readonly { readonly name: string; readonly emitter: ServiceName; readonly partitions: number }[]
}

export interface Pause {
  readonly reason: string
  readonly by: string
  readonly since: string
}

/** One service as it was at the last look, two seconds ago at most. What needs the operators' API is null where that does not answer. */
export interface ServicePulse {
  readonly name: ServiceName
  /** It answers at all. */
  readonly up: boolean
  readonly ready: boolean
  /** Why it is not ready, in words. */
  readonly why: string | null
  readonly paused: Pause | null
  /** Orders with an event that it has not read, where it is paused or gone; 2,000 are at least as many. */
  readonly holds?: number
  readonly outbox: {
    readonly waiting: number
    readonly oldestSeconds: number
    readonly parked: number
    /** Who holds the relay's lease. */
    readonly holder: string | null
  } | null
  readonly letters: {
    readonly open: number
    readonly orders: number
    readonly byCode: Readonly<Record<string, number>>
  } | null
  readonly effects: {
    readonly waiting: number
    /** How long the oldest of them has been due. */
    readonly oldestSeconds: number
    readonly refused: number
  } | null
}

/** Event `pulse` of `GET /api/stream`, each second. */
export interface Pulse {
  readonly at: string
  /** Records a second, by topic. */
  readonly rates: Readonly<Record<string, number>>
  /** Records a second that a group finished. */
  readonly consumed: Readonly<Record<string, number>>
  readonly lag: LagJson
  readonly services: readonly ServicePulse[]
  /** Of all orders that the read model knows; null while its database is away. */
  readonly counts: Counts | null
  /** Orders with an open dead letter, set aside by a relay, or behind a consumer that is paused or gone for a minute; null where nobody told. */
  readonly stuck: number | null
  readonly readModel: ReadModelState
  /** How much is broken on purpose now; only where that can be done. */
  readonly broken?: number
}

/** The console's own reading of the events. */
export interface ReadModelState {
  readonly database: boolean
  readonly joined: boolean
  /** Records that it could not read; the services' dead letters say more of them. */
  readonly unreadable: number
  /** Why it does not go on, in words. */
  readonly failure: string | null
}

export interface OrderRow {
  readonly orderId: string
  /** The number that mails show. */
  readonly short: string
  readonly status: OrderStatus
  /** In minor units; with the currency and the customer null while OrderPlaced has not been read. */
  readonly total: number | null
  readonly currency: string | null
  readonly customer: string | null
  readonly placedAt: string
  readonly changedAt: string
  readonly last: { readonly type: string; readonly at: string }
  /** Null where nobody told. */
  readonly stuck: boolean | null
}

/** Event `orders` of `GET /api/stream`: the newest 200 that changed in the last 250 ms, and how many more did. */
export interface ChangedOrders {
  readonly rows: readonly OrderRow[]
  readonly more: number
}

/** `status` also takes `open` (placed or paid) and `stuck`. `search`: an id, the beginning of a short number, or a customer's id. */
export interface OrderQuery {
  readonly status?: OrderStatus | 'open' | 'stuck'
  readonly search?: string
  readonly before?: string
  readonly limit?: number
}

/** `GET /api/orders`, newest first. */
export interface OrderPage {
  readonly rows: readonly OrderRow[]
  /** `before` of the next page; null at the end. */
  readonly next: string | null
  /** Of all orders; of those that are found, where something is searched for. */
  readonly counts: Counts
  readonly stuck: number | null
  /** Of the stuck ones, where those are asked for: orders of which no event was read, known from a dead letter's key alone. */
  readonly unread?: readonly string[]
}

/** One event as it was read from Kafka. */
export interface OrderEvent {
  readonly id: string
  readonly type: string
  readonly emitter: ServiceName
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly at: string
  /** Since the order was placed. */
  readonly ms: number
  readonly causationId: string | null
  readonly traceId: string | null
  /** Both with the operators' token only; what is personal is masked already. */
  readonly payload: unknown
  readonly headers: Readonly<Record<string, string>> | null
}

/** `GET /api/orders/:id` */
export interface OrderDetails {
  readonly row: OrderRow
  readonly events: readonly OrderEvent[]
}

/** `GET /api/orders/:id/story`: what the services tell of it themselves; needs the operators' token. */
export interface OrderStory {
  readonly story: Story
  readonly stuck: boolean
  /** Why it goes no further; what several wait for is said once. */
  readonly waits: readonly { readonly services: readonly string[]; readonly why: string }[]
  /** Who did not answer, one line each. */
  readonly missing: readonly string[]
}

/** `GET /api/letters/:service/:id/origin`: whose record it is, as the outboxes tell; needs the operators' token. */
export interface LetterOrigin {
  /** Null where the letter holds no record that a service could have emitted for an order. */
  readonly origin: Origin | null
  /** Who did not answer, one line each. */
  readonly missing: readonly string[]
}

/** `GET /api/lag/history`: the last 15 minutes; null where nothing was known. */
export interface LagHistory {
  /** Milliseconds since 1970. */
  readonly at: readonly number[]
  readonly series: readonly {
    readonly group: string
    readonly topic: string
    readonly lag: readonly (number | null)[]
    readonly seconds: readonly (number | null)[]
  }[]
}

/** One of `GET /api/contracts`. */
export interface ContractView {
  readonly type: string
  readonly version: number
  readonly emitter: ServiceName
  readonly topic: string
  readonly prose: string
  /** JSON Schema; `personal: true` marks what is masked everywhere. */
  readonly schema: unknown
  readonly example: unknown
  readonly consumers: readonly ServiceName[]
}

/** What can be ordered: `GET /api/services/orders/products`. */
export interface Product {
  readonly sku: string
  readonly name: string
  readonly price: number
  readonly currency: string
}
