import { describe, expect, it } from '@jest/globals'
import type { Service } from '../src/addresses.ts'
import type { OrderRecord } from '../src/answers.ts'
import { isStuck, storyOf } from '../src/order/story.ts'
import { waitsTogether } from '../src/order/waits.ts'

const orderId = '0199c0de-0000-7000-8000-000000000001'
const NOW = Date.parse('2026-11-22T15:10:00.000Z')
const at = (seconds: number) => new Date(NOW - seconds * 1000).toISOString()

const record = (changed: Partial<OrderRecord> = {}): OrderRecord => ({
  ...{ orderId, known: true, sequence: changed.emitted?.length ?? 0, parked: false, parkedReason: null, parkedSince: null },
  ...{ emitted: [], handled: [], effects: [], letters: [], waits: [] },
  ...changed,
})
const emitted = (eventId: string, type: string, topic: string): OrderRecord['emitted'][number] => ({
  ...{ eventId, type, topic, sequence: 1, createdAt: at(300), publishedAt: at(299), parked: null, causationId: null, traceparent: null },
})
const took = (eventId: string) => ({ eventId, type: null, topic: 'orders.v1', partition: 1, offset: '4', at: at(298) })
const forged = (id: string) => {
  const letter = { id, eventId: 'forged', code: 'CONTRACT_DATA', error: 'amount', status: 'open' as const, type: 'PaymentCaptured' }
  const why = `its PaymentCaptured became dead letter ${id} (CONTRACT_DATA: amount); repair the cause and redrive it, or discard it`
  return { letters: [{ ...letter, effectKey: null }], waits: [`waits for an operator: ${why}`] }
}

/** Paid; what warehouse says is told apart. */
function told(warehouse: Partial<OrderRecord>, pausedFor?: number, more: Partial<Record<Service, OrderRecord>> = {}) {
  const placed = emitted('e-1', 'OrderPlaced', 'orders.v1')
  const records: Partial<Record<Service, OrderRecord>> = {
    orders: record({ emitted: [placed], handled: [took('e-2')], waits: ['waits for OrderDispatched or StockShort from warehouse'] }),
    payments: record({ emitted: [emitted('e-2', 'PaymentCaptured', 'payments.v1')], handled: [took('e-1')] }),
    ...{ warehouse: record(warehouse), ...more },
  }
  const pause = { by: 'night-shift', reason: 'shelf 4 moves', since: at(pausedFor ?? 0) }
  const pauses = new Map<Service, typeof pause>(pausedFor === undefined ? [] : [['warehouse', pause]])
  const order = { orderId, status: 'paid', total: 1, currency: 'EUR', placedAt: at(300) }
  const story = storyOf({ orderId, order, mails: [], pauses, records: new Map(Object.entries(records) as [Service, OrderRecord][]) }, NOW)
  return { story, waits: waitsTogether(story.waits).map(({ services, why }) => `${services.join(', ')}: ${why}`) }
}

describe('why an order waits, when a consumer is paused', () => {
  it('is told by the pause, and nobody is blamed whose event is there', () => {
    const { story, waits } = told({ known: false, waits: ['warehouse has not heard of this order'] }, 250)
    expect(waits).toEqual([
      'warehouse: is paused by night-shift, for 4 min 10 s now: “shelf 4 moves”; OrderPlaced and PaymentCaptured are in Kafka, unread',
      'orders: waits for OrderDispatched or StockShort from warehouse',
    ])
    expect(isStuck(story, NOW)).toBe(true)
  })

  it('is told so of what has come since, too, and is no matter for anybody within a minute', () => {
    const reserved = { handled: [took('e-1')], waits: ['waits for PaymentCaptured or PaymentFailed from payments; its stock is reserved'] }
    const { story, waits } = told(reserved, 20)
    expect(waits[0]).toBe('warehouse: is paused by night-shift, for 20 s now: “shelf 4 moves”; PaymentCaptured is in Kafka, unread')
    expect(isStuck(story, NOW)).toBe(false)
  })

  it('says of a pause that holds nothing of it nothing', () => {
    expect(told({ handled: [took('e-1'), took('e-2')] }, 250).waits).toEqual([
      'orders: waits for OrderDispatched or StockShort from warehouse',
    ])
  })
})

describe('why an order waits, when a consumer is behind', () => {
  it('is that it has not read what is there', () => {
    const waits = ['waits for PaymentCaptured or PaymentFailed from payments; its stock is reserved']
    expect(told({ handled: [took('e-1')], waits }).waits).toContain('warehouse: has not read PaymentCaptured, which is in Kafka')
  })

  it('is said once of several, as of several', () => {
    const unheard = (name: string) => record({ known: false, waits: [`${name} has not heard of this order`] })
    const { waits } = told({ known: false, waits: ['warehouse has not heard of this order'] }, undefined, { loyalty: unheard('loyalty') })
    expect(waits).toContain('warehouse, loyalty: have not read OrderPlaced and PaymentCaptured, which are in Kafka')
  })
})

describe('why an order waits, when a record came from no outbox', () => {
  it('begins with what it is and what to do, the same at every reader', () => {
    const { waits } = told({ handled: [took('e-1'), took('e-2')], ...forged('3') }, undefined, { loyalty: record(forged('5')) })
    expect(waits[0]).toBe(
      'warehouse, loyalty: wait for an operator: a second PaymentCaptured came from no outbox: discard it at every reader, and do not cancel the order. It became dead letters warehouse/3, loyalty/5 (CONTRACT_DATA: amount)',
    )
  })

  it('leaves the usual words where the outbox may have forgotten it', () => {
    const forgotten = { payments: record({ sequence: 2, handled: [took('e-1')] }) }
    expect(told({ handled: [took('e-1')], ...forged('3') }, undefined, forgotten).waits[0]).toContain('repair the cause and redrive it')
  })
})
