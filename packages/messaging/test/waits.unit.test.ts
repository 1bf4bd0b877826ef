import { describe, expect, it } from '@jest/globals'
import type { EffectState } from '../src/postgres/effects-state.ts'
import type { OrderRecord } from '../src/postgres/order-record.ts'
import { waitsOf } from '../src/waits.ts'

const now = new Date('2026-11-22T12:00:00Z')
const later = new Date('2026-11-22T12:00:10Z')
const record: OrderRecord = {
  ...{ orderId: 'o-1', known: true, sequence: 0, parked: false, parkedReason: null, parkedSince: null },
  ...{ handled: [], emitted: [], effects: [], letters: [] },
}
const effect: EffectState = {
  ...{ key: 'capture:o-1', kind: 'charge-card', orderId: 'o-1', status: 'due', attempts: 0, runAt: now },
  ...{ firstStartedAt: null, leasedUntil: null, lastError: null, doneAt: null },
}
const letter = { id: '7', eventId: 'e-7', code: 'HANDLER', error: 'boom', status: 'open' as const, type: 'OrderPlaced', effectKey: null }
const emitted = { eventId: 'e-1', type: 'OrderPlaced', topic: 'orders.v1', sequence: 1, createdAt: now, publishedAt: null, parked: null }
const event = { ...emitted, causationId: null, traceparent: null }
const waits = (changed: Partial<OrderRecord>) => waitsOf('payments', { ...record, ...changed }, now)

describe('why an order waits', () => {
  it.each<[string, Partial<OrderRecord>, string[]]>([
    ['nothing holds it', { effects: [{ ...effect, status: 'done' }], letters: [{ ...letter, status: 'redriven' }] }, []],
    ['nobody has heard of it', { known: false }, ['payments has not heard of this order']],
    [
      'a letter, and what is behind it',
      { letters: [letter, { ...letter, id: '8', code: 'WAITING' }] },
      [
        'waits for an operator: its OrderPlaced became dead letter 7 (HANDLER: boom); repair the cause and redrive it, or discard it',
        '1 later event waits behind that',
      ],
    ],
    ['an effect under way', { effects: [{ ...effect, attempts: 1, leasedUntil: later }] }, ['effect capture:o-1 is under way']],
    [
      'an effect that failed',
      { effects: [{ ...effect, attempts: 2, runAt: later, lastError: 'timeout' }] },
      ['effect capture:o-1 failed (2 attempts, last: timeout) and is tried again at 2026-11-22T12:00:10.000Z'],
    ],
    ['a hold', { effects: [{ ...effect, runAt: later }] }, ['effect capture:o-1 begins at 2026-11-22T12:00:10.000Z']],
    ['the relay', { emitted: [event, event] }, ['2 events wait for the relay']],
    [
      'a row that Kafka refuses',
      { emitted: [{ ...event, parked: 'too large' }, event] },
      ['waits for an operator: Kafka refuses its OrderPlaced (too large); remove the reason, then release it'],
    ],
  ])('%s', (_, changed, expected) => {
    expect(waits(changed)).toEqual(expected)
  })
})
