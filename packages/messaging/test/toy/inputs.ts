import { randomUUID } from 'node:crypto'
import { catalogue, type EventContract, encode } from '@quadrille/contracts'
import type { EventInput, InvalidInput, Message } from '../../src/index.ts'

let offset = 0

/** A record as Kafka would deliver it. */
export function messageOf(contract: EventContract, data: { orderId: string }, id: string = randomUUID()): Message {
  const stamp = { id, time: new Date(0).toISOString(), correlationId: 'c-1', sequence: 1, traceparent: '' }
  const { key, value, headers } = encode(contract, data, stamp)
  return {
    topic: contract.topic,
    partition: 0,
    offset: String(offset++),
    timestamp: '0',
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers,
  }
}

const order = (orderId: string, campaign?: string) => ({ ...catalogue.orders.OrderPlaced.example, orderId, campaign })

export const placedInput = (orderId: string, campaign?: string, id?: string): EventInput =>
  inputOf('orders', catalogue.orders.OrderPlaced, order(orderId, campaign), id)

export const cancelledInput = (orderId: string, id?: string): EventInput =>
  inputOf('orders', catalogue.orders.OrderCancelled, { ...catalogue.orders.OrderCancelled.example, orderId }, id)

export const shortInput = (orderId: string, id?: string): EventInput =>
  inputOf('warehouse', catalogue.warehouse.StockShort, { ...catalogue.warehouse.StockShort.example, orderId }, id)

function inputOf(emitter: string, contract: EventContract, fact: { orderId: string }, id: string = randomUUID()): EventInput {
  const message = messageOf(contract, fact, id)
  return { kind: 'event', id, emitter, type: contract.type, orderId: fact.orderId, fact, cause: { correlationId: 'c-1' }, message }
}

export function poison(orderId: string | null, bytes = Buffer.from([0, 1, 255])): InvalidInput {
  const at = offset++
  const message = {
    topic: 'orders.v1',
    partition: 0,
    offset: String(at),
    timestamp: '0',
    key: orderId && Buffer.from(orderId),
    value: bytes,
    headers: { x: bytes },
  }
  return { kind: 'invalid', id: `orders.v1/0/${at}`, orderId, code: 'UNDECODABLE', error: 'no ce_id', message: message as Message }
}
