import { HEADERS, PARTITIONS, partitionFor, topicOf } from '@quadrille/contracts'
import type { OrderStatus, ServiceName, Snapshot, TopicRecord } from '../src/invariants/index.ts'

type Mutable<T> = T extends string | number | boolean | null | undefined ? T : { -readonly [Key in keyof T]: Mutable<T[Key]> }
export type MutableSnapshot = Mutable<Snapshot>

export const dispatched = '0198f2a4-6c1e-7d3a-9b52-000000000001'
export const recalled = '0198f2a4-6c1e-7d3a-9b52-000000000002'
export const declined = '0198f2a4-6c1e-7d3a-9b52-000000000003'
export const short = '0198f2a4-6c1e-7d3a-9b52-000000000004'

const total = 3470
const items = [{ sku: 'mug-blue', quantity: 2 }]

const ends: Record<string, OrderStatus> = {
  [dispatched]: 'dispatched',
  [recalled]: 'cancelled',
  [declined]: 'payment_failed',
  [short]: 'out_of_stock',
}

/** Who told what about an order, each caused by an earlier one. */
const journeys: Record<string, [ServiceName, string][]> = {
  [dispatched]: [
    ['orders', 'OrderPlaced'],
    ['warehouse', 'StockReserved'],
    ['payments', 'PaymentCaptured'],
    ['warehouse', 'OrderDispatched'],
    ['loyalty', 'PointsAwarded'],
  ],
  [recalled]: [
    ['orders', 'OrderPlaced'],
    ['warehouse', 'StockReserved'],
    ['payments', 'PaymentCaptured'],
    ['warehouse', 'OrderDispatched'],
    ['loyalty', 'PointsAwarded'],
    ['orders', 'OrderCancelled'],
    ['warehouse', 'ParcelRecalled'],
    ['payments', 'PaymentRefunded'],
    ['loyalty', 'PointsRevoked'],
  ],
  [declined]: [
    ['orders', 'OrderPlaced'],
    ['warehouse', 'StockReserved'],
    ['payments', 'PaymentFailed'],
    ['warehouse', 'StockReleased'],
  ],
  [short]: [
    ['orders', 'OrderPlaced'],
    ['warehouse', 'StockShort'],
    ['payments', 'PaymentCaptured'],
    ['payments', 'PaymentRefunded'],
  ],
}

const MAILED = ['PaymentCaptured', 'PaymentFailed', 'PaymentRefunded', 'OrderDispatched', 'OrderCancelled', 'StockShort']

/** A quiet system in which four orders have gone four ways, and all is well. */
export function healthySnapshot(): MutableSnapshot {
  const orderIds = Object.keys(journeys)
  const records = orderIds.flatMap(recordsOf)
  const mails = orderIds.flatMap((orderId) => mailed(orderId).map((fact) => ({ orderId, fact, messageId: `<${fact}.${orderId}@shop>` })))
  return {
    orders: orderIds.map((orderId) => ({
      ...{ orderId, status: ends[orderId]!, total, currency: 'EUR', items: structuredClone(items) },
      ...{ address: addressOf(orderId), correlationId: `journey ${orderId}` },
    })),
    answers: [{ key: 'c-1 key', orderId: dispatched }],
    payments: [
      { orderId: dispatched, status: 'captured', chargeId: `ch ${dispatched}`, refundId: null },
      { orderId: recalled, status: 'refunded', chargeId: `ch ${recalled}`, refundId: `re ${recalled}` },
      { orderId: declined, status: 'failed', chargeId: null, refundId: null },
      { orderId: short, status: 'refunded', chargeId: `ch ${short}`, refundId: `re ${short}` },
    ],
    stock: [{ sku: 'mug-blue', onHand: 8, reserved: 0, dispatched: 2, initial: 9, received: 1 }],
    allocations: [
      { orderId: dispatched, status: 'dispatched', items: structuredClone(items) },
      { orderId: recalled, status: 'recalled', items: structuredClone(items) },
      { orderId: declined, status: 'released', items: structuredClone(items) },
      { orderId: short, status: 'short', items: structuredClone(items) },
    ],
    rewards: [
      { orderId: dispatched, status: 'awarded', points: 34 },
      { orderId: recalled, status: 'revoked', points: 34 },
      { orderId: declined, status: 'new', points: 34 },
      { orderId: short, status: 'void', points: 34 },
    ],
    mails: mails.map((mail) => ({ ...mail, status: 'sent' })),
    mailbox: mails.map(({ orderId, messageId }) => ({ orderId, messageId, recipients: [addressOf(orderId)] })),
    runtimes: runtimesOf(records),
    records,
    ledger: orderIds.flatMap(ledgerOf),
    catalogue: [{ sku: 'mug-blue', stock: 9 }],
    planted: { orders: orderIds.map((orderId) => ({ orderId, ends: [ends[orderId]!] })) },
  }
}

const addressOf = (orderId: string) => `${orderId}@example.com`
const tells = (orderId: string, type: string) => journeys[orderId]!.some(([, told]) => told === type)
const mailed = (orderId: string) => MAILED.filter((type) => tells(orderId, type))

function recordsOf(orderId: string): Mutable<TopicRecord>[] {
  return journeys[orderId]!.map(([emitter, type], place, journey) => ({
    topic: topicOf(emitter),
    partition: partitionFor(orderId, PARTITIONS),
    offset: `${place} of ${orderId}`,
    key: orderId,
    value: `{"orderId":"${orderId}"}`,
    headers: {
      [HEADERS.id]: `${type} ${orderId}`,
      [HEADERS.type]: `${type}.v1`,
      [HEADERS.sequence]: String(journey.slice(0, place + 1).filter(([by]) => by === emitter).length),
      [HEADERS.correlationId]: `journey ${orderId}`,
      ...(emitter !== 'orders' && { [HEADERS.causationId]: `OrderPlaced ${orderId}` }),
    },
  }))
}

function ledgerOf(orderId: string): MutableSnapshot['ledger'] {
  const line = (kind: 'charge' | 'refund', status: 'captured' | 'declined' | 'refunded') => {
    const key = `${kind === 'charge' ? 'capture' : 'refund'}:${orderId}`
    return { kind, status, key, orderId, id: `${kind === 'charge' ? 'ch' : 're'} ${orderId}`, amount: total, currency: 'EUR' }
  }
  return [
    ...(tells(orderId, 'PaymentFailed') ? [line('charge', 'declined')] : [line('charge', 'captured')]),
    ...(tells(orderId, 'PaymentRefunded') ? [line('refund', 'refunded')] : []),
  ]
}

function runtimesOf(records: readonly TopicRecord[]): MutableSnapshot['runtimes'] {
  const effect = (key: string, kind: string, orderId: string) => ({ key, kind, orderId, status: 'done' as const, attempts: 1 })
  const effects: Partial<Record<ServiceName, MutableSnapshot['runtimes']['email']['effects']>> = {
    payments: Object.keys(journeys).flatMap((orderId) =>
      ledgerOf(orderId).map(({ key, kind }) => effect(key, kind === 'charge' ? 'charge-card' : 'refund-card', orderId)),
    ),
    email: Object.keys(journeys).flatMap((orderId) =>
      mailed(orderId).map((fact) => effect(`mail:${orderId}:${fact}`, 'send-mail', orderId)),
    ),
  }
  const runtime = (service: ServiceName) => {
    const told = records.filter(({ topic }) => topic === topicOf(service))
    return {
      outbox: told.map((record) => outboxRow(record)),
      effects: effects[service] ?? [],
      letters: [],
      streams: [...Map.groupBy(told, ({ key }) => key!)].map(([orderId, { length }]) => ({ orderId, sequence: length, parked: false })),
    }
  }
  const services = ['orders', 'payments', 'warehouse', 'loyalty', 'email'] as const
  return Object.fromEntries(services.map((service) => [service, runtime(service)])) as never
}

const outboxRow = ({ topic, key, value, headers }: TopicRecord) => ({
  ...{ eventId: headers[HEADERS.id]!, topic, key, value },
  ...{ published: true, parked: false, old: false },
})
